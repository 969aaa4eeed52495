/** Words of which the sample database is made. */
export const givenNames = [
  'Ada',
  'Amir',
  'Anna',
  'Aylin',
  'Bruno',
  'Chiara',
  'Dmitri',
  'Elif',
  'Emeka',
  'Femi',
  'Freya',
  'Hana',
  'Hugo',
  'Ines',
  'Ivo',
  'Jana',
  'Jörg',
  'Kenji',
  'Lars',
  'Lena',
  'Lucía',
  'Maja',
  'Mateo',
  'Mei',
  'Nadia',
  'Noah',
  'Olga',
  'Priya',
  'Rosa',
  'Sami',
  'Søren',
  'Tariq',
  'Uma',
  'Vera',
  'Wei',
  'Xenia',
  'Yara',
  'Zoë',
] as const

/** Family names. */
export const familyNames = [
  'Andersson',
  'Bauer',
  'Costa',
  'Dubois',
  'Eriksen',
  'Fischer',
  'García',
  'Haddad',
  'Ivanova',
  'Jensen',
  'Kowalski',
  'Lindqvist',
  'Müller',
  'Nakamura',
  "O'Brien",
  'Okafor',
  'Petrov',
  'Quintero',
  'Rossi',
  'Şahin',
  'Schmidt',
  'Tanaka',
  'Ueda',
  'Virtanen',
  'Weber',
  'Xu',
  'Yılmaz',
  'Zhang',
  'van Dijk',
  'de Souza',
] as const

/** Streets. */
export const streets = [
  'Acacia Avenue',
  'Bridge Street',
  'Church Lane',
  'Dorfstraße',
  'Elm Road',
  'Fabrikgatan',
  'Garden Close',
  'Hafenweg',
  'Kings Road',
  'Lindenallee',
  'Market Square',
  'Mill Lane',
  'Norrgatan',
  'Rue de la Gare',
  'Station Road',
  'Via Roma',
  'Calle Mayor',
] as const

type City = readonly [name: string, country: string]

/** Cities with their country codes. */
export const cities: readonly [City, ...City[]] = [
  ['Lisbon', 'PT'],
  ['Madrid', 'ES'],
  ['Lyon', 'FR'],
  ['Turin', 'IT'],
  ['Zürich', 'CH'],
  ['Kraków', 'PL'],
  ['Gdańsk', 'PL'],
  ['Göteborg', 'SE'],
  ['Århus', 'DK'],
  ['Turku', 'FI'],
  ['Leeds', 'GB'],
  ['Cork', 'IE'],
  ['Ghent', 'BE'],
  ['Utrecht', 'NL'],
  ['Leipzig', 'DE'],
  ['Graz', 'AT'],
  ['Brno', 'CZ'],
  ['Tartu', 'EE'],
]

/** Categories of the shop: a parent, and what stands below it. */
export const categories = [
  ['Kitchen', ['Knives', 'Pans', 'Baking', 'Coffee']],
  ['Garden', ['Hand tools', 'Seeds', 'Watering', 'Furniture']],
  ['Workshop', ['Power tools', 'Fixings', 'Measuring', 'Storage']],
  ['Office', ['Paper', 'Pens', 'Lamps', 'Chairs']],
  ['Outdoor', ['Tents', 'Lanterns', 'Bottles', 'Rucksacks']],
] as const

/** What products are like, made of, and are. */
export const productWords = [
  ['Compact', 'Classic', 'Folding', 'Heavy', 'Light', 'Large', 'Small', 'Professional', 'Everyday', 'Travel'],
  ['steel', 'oak', 'copper', 'linen', 'cork', 'glass', 'enamel', 'canvas', 'bamboo', 'cast-iron'],
  ['knife', 'kettle', 'lamp', 'trowel', 'box', 'ruler', 'bottle', 'chair', 'brush', 'tray', 'clamp', 'basket'],
] as const

/** Beginnings and ends of reviews. */
export const reviewWords = [
  [
    'Does what it should.',
    'Better than expected.',
    'Arrived late, but works.',
    'The handle came loose.',
    'A gift; it was liked.',
  ],
  [
    'Would buy again.',
    'Sent it back.',
    'Four months in daily use now.',
    'The colour differs from the picture.',
    'Well packed.',
  ],
] as const
