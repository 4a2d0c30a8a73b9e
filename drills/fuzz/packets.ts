import { encode, type Packet, RECURSION_DESIRED } from 'dns-packet'
import * as fc from 'fast-check'

const NAMES = [
  'users.service.consul',
  '_users._tcp.service.ropewalk',
  'a.node.consul',
  '7f000001.addr.consul',
  'x.query.consul',
  '1.0.0.127.in-addr.arpa',
  'consul',
  '',
  'example.org',
  `${'a'.repeat(63)}.service.consul`,
]
const TYPES = ['A', 'AAAA', 'SRV', 'TXT', 'ANY', 'NS', 'SOA', 'PTR', 'AXFR', 'OPT', 'CNAME']

const valid = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...TYPES), fc.nat(65_535)).map(([name, type, id]) =>
  encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type, class: 'IN' }],
  } as unknown as Packet),
)

const mutated = fc
  .tuple(valid, fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 6 }), fc.nat(120))
  .map(([packet, changes, length]) => {
    const bytes = Buffer.from(packet)
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
    return bytes.subarray(0, length)
  })

/** Packets of DNS, right and wrong. */
export const packets: fc.Arbitrary<Buffer> = fc.oneof(
  valid,
  mutated,
  mutated,
  fc.uint8Array({ maxLength: 700 }).map(bytes => Buffer.from(bytes)),
)
