import { describe, expect, it } from 'vitest'
import { orderOfCreation } from './drill-extensions.ts'
import { drillRoleName, scramVerifier } from './drill-role.ts'
import { neededBytes } from './drill-space.ts'
import { clusterSettings, settingsFile } from './local-cluster-settings.ts'
import { selectForDrill } from './toc-list.ts'

describe('what a restore test leaves to those who may', () => {
  const list = [
    ';',
    '6; 2615 16388 SCHEMA - tools postgres',
    '7; 2615 16389 SCHEMA - tools of mine postgres',
    '2; 3079 16390 EXTENSION - dblink ',
    '3488; 0 0 COMMENT - EXTENSION dblink ',
    '3; 3079 16391 EXTENSION - hstore ',
    '3489; 0 0 COMMENT - EXTENSION hstore ',
    '215; 1259 16400 TABLE public dblink postgres',
    '3500; 6100 16410 SUBSCRIPTION - sub postgres',
    '3501; 0 0 COMMENT - SUBSCRIPTION sub postgres',
  ].join('\n')

  it('leaves out what was made before, and only that', () => {
    const { lines, leftOut } = selectForDrill(list, { schemas: ['tools'], extensions: ['dblink'] })
    expect(lines).toEqual([
      '7; 2615 16389 SCHEMA - tools of mine postgres',
      '3; 3079 16391 EXTENSION - hstore ',
      '3489; 0 0 COMMENT - EXTENSION hstore ',
      '215; 1259 16400 TABLE public dblink postgres',
    ])
    expect(leftOut.map(({ object }) => object)).toEqual(['subscription sub'])
  })

  it('leaves nothing out where nothing was made', () => {
    expect(selectForDrill(list).lines).toHaveLength(7)
  })
})

describe('extensions', () => {
  const extension = (name: string, isTrusted: boolean, ...requires: readonly string[]) => ({
    name,
    isTrusted,
    requires,
  })

  it('are made before where they need a superuser, after what they require', () => {
    const available = [
      extension('a_topology', false, 'postgis', 'cube'),
      extension('cube', true),
      extension('hstore', true),
      extension('postgis', false),
    ]
    expect(orderOfCreation(available)).toEqual(['postgis', 'cube', 'a_topology'])
  })

  it('that require each other or something unknown do not hang it', () => {
    expect(orderOfCreation([extension('a', false, 'b', 'plpgsql'), extension('b', false, 'a')])).toEqual(['b', 'a'])
  })
})

describe('the role of a restore test', () => {
  it('has a name of its run', () => {
    expect(drillRoleName('01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe('hf_rrffq69g5fav_drill')
  })

  it('has the verifier that RFC 7677 gives for its example', () => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
    expect(scramVerifier('pencil', salt)).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    )
  })
})

describe('a temporary cluster', () => {
  it('listens on nothing but its socket, and keeps its shared memory in its folder', () => {
    const settings = clusterSettings('/tmp/x', 15)
    expect(settings).toMatchObject({
      listen_addresses: '',
      unix_socket_directories: '/tmp/x',
      dynamic_shared_memory_type: 'mmap',
      client_connection_check_interval: '500ms',
    })
    expect(clusterSettings('/tmp/x', 13)).not.toHaveProperty('client_connection_check_interval')
  })

  it('quotes what stands in its settings', () => {
    expect(settingsFile({ unix_socket_directories: "/tmp/it's\\here" })).toBe(
      "unix_socket_directories = '/tmp/it''s\\\\here'\n",
    )
  })

  it('needs two and a half times the larger of both sizes', () => {
    expect(neededBytes({ plaintextBytes: 1_001 }, null)).toBe(2_503)
  })
})
