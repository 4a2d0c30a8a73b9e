import { cpus, loadavg, totalmem } from 'node:os'
import { summaryOf, tableOf } from './report.ts'
import type { Result } from './row.ts'

/** The page docs/benchmarks.md: what was measured, on which machine, and how to repeat it. */
export function documentOf(results: readonly Result[]): string {
  const areas = Object.entries(Object.groupBy(results, ({ row }) => row.area))
  const sections = areas.map(([area, rows = []]) => `## ${area}\n\n${tableOf(rows)}\n`)
  return [INTRODUCTION, machine(), ...sections, summaryOf(results), ''].join('\n')
}

const INTRODUCTION = `# Benchmarks

This page is written by \`npm run bench -- --docs\`. To repeat it:

    npm ci
    npm run engines                       # brings Consul, etcd, ZooKeeper and Twisted from Debian into .cache/, without root
    npm run bench                         # everything, about half an hour
    npm run bench -- client               # one area
    npm run bench -- client --only fetch  # of it what has this in its name
    npm run bench -- --json figures.json  # the rows for programs

Every row compares programs *in the same run*, so that it is the ratio that counts and not the machine: rounds of about a second
alternate between ours and each peer, after some that are not counted, in which engines and compilers warm up; the ratio is taken round
by round, and its median and extremes are printed. A ratio is ours ÷ theirs; where there is no peer it is our figure itself.

Programs under test, back ends and load are processes of their own on the loopback interface. Where a row counts *per CPU second*, it
divides by the CPU time of the program under test, all its threads, which depends much less on what else the machine does.

etcd and the registry daemon are loaded alike, on a connection for each session or watcher. The goals are for the clients that a user of
Node has: on our side \`DaemonRegistry\`, whole and as it is; for etcd \`@grpc/grpc-js\`, which of the three that npm offers renews two to three times
as often as the package \`etcd3\` or the JSON gateway by undici, and writes as often. It is spared most of what a user would have to add: its messages are encoded by hand and
replies are not decoded. To have *seen* a change means the same on both sides, to have the new set: the watchers of etcd decode the event, by hand, and apply it to a Map;
ours have another immutable set and acknowledge it within a second. An etcd registration is one write on a lease
that its connection has already, the least it can be asked for. The rows *bare clients* have no goal against etcd: there both sides have the
barest client there can be, which encodes by hand and looks at as little of a reply as it can (for etcd: gRPC over \`node:http2\`), and no watcher keeps a set.
The rows *two bare processes* are the floor of those: one process of Node writes as many bytes to as many connections as a change takes, or answers with as many as a renewal
is answered with, or those of a registration after it has appended what was said to a file and waited for the disk, for all that came meanwhile at once; another reads them and looks at none.

Where each session has one request in flight, a reading and a writing of a socket on either side are most of what is left of a renewal: two processes of Node that
only throw 30 bytes to each other need 10 and 8 µs of CPU per round on this kind of machine, where etcd and its client need about 60 and 40. A session
renews all its instances by one message, so that with 16 of them the same work is 16 renewals; both rows are shown.

The rows *engines* put the registry daemon beside Consul 1.8.7, etcd and ZooKeeper. Consul's HTTP API is that of \`agent -dev\`, which keeps nothing and indents its answers; so does
the daemon there, and the answers have the same form. The loads of that API say fixed bytes on raw sockets and count those that come back, and every write is
a change. Registrations and renewals are durable on all sides (etcd and ZooKeeper wait for their disks), by 64 sessions with one instance each. No client of ZooKeeper that npm offers without a compiler renews when it is asked to, so it has
the barest there can be; our side has the client of users, and the barest too in the rows *bare clients*, both with the goal. Consul has our own client, which costs less than npm's. Of what blocking queries tell there are two changes in a round of Consul and ten in one of the others. Watchers of Consul are blocking queries, told of three changes in a round where all others have twenty; those of ZooKeeper have one watch on the whole service
that stays, and read what it says has changed. A crash is over when the registry, as its adapter tells it, gives the killed instance out no more as one to be chosen; the engines
have the smallest TTL that they grant as they come (etcd 2 s, Consul 1 s, ZooKeeper 4 s). Memory is what the operating system counts for the whole process; ours is started as it is without the types of its sources, which Node would otherwise take off with 30 MB of program, and with the room for young objects that \`ropewalk registry\` has.
`

function machine(): string {
  const processors = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const cores = `${processors.length} × ${processors[0]?.model.trim() ?? process.arch}`
  const [, , busy = 0] = loadavg()
  return `Measured on ${cores}, ${memory} GiB, ${process.platform}, Node ${process.versions.node}, with a load average of ${busy.toFixed(1)} over 15 minutes: well above the number of cores, rates and times by the clock tell little.\n`
}
