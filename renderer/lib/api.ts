import { keepPreviousData, QueryClient, useMutation, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { AppError, type MethodInput, type MethodName, type MethodOutput } from '../../preload/contract/index.ts'
import { createTransport } from './transport.ts'

/** The one way to the application. */
export const transport = createTransport()

/** What the application said, kept until it says that something changed. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => count < 2 && error instanceof AppError && error.code === 'UNREACHABLE',
      refetchOnWindowFocus: false,
      // The application is on this machine: there is no network to wait for.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

/** Calls a method. Throws its failure as an `AppError`. */
export async function call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
  const answer = await transport.invoke(method, input)
  if (answer.ok) return answer.data
  throw AppError.fromData(answer.error)
}

/** Asks for something to show; asked again when the catalog has changed. */
export function useMethod<M extends MethodName>(
  method: M,
  input: MethodInput<M>,
  options: { readonly enabled?: boolean; readonly refetchMs?: number; readonly keepPrevious?: boolean } = {},
): UseQueryResult<MethodOutput<M>> {
  return useQuery({
    queryKey: [method, input],
    queryFn: () => call(method, input),
    enabled: options.enabled ?? true,
    ...(options.refetchMs === undefined ? {} : { refetchInterval: options.refetchMs }),
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
  })
}

/** Something that a person does. What may have changed by it is asked for again. */
export function useAction<M extends MethodName>(method: M) {
  return useMutation<MethodOutput<M>, Error, MethodInput<M>>({
    mutationFn: (input) => call(method, input),
    onSuccess: () => queryClient.invalidateQueries(),
  })
}
