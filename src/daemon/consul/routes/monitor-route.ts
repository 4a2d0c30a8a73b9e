import type { ServerResponse } from 'node:http'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, streamed } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { severityOf } from '../monitor/log-line.ts'
import type { LogReaders, LogRequest } from '../monitor/log-readers.ts'

/** Where the log can be read. */
export const MONITOR_PATH = '/v1/agent/monitor'

/** `/v1/agent/monitor`: the log of the daemon as it is written. */
export function monitorRoute({ logReaders }: ConsulState): ConsulRoute {
  const monitor = (call: Call): Answer => {
    logRequest(call)
    logReaders.requireRoom()
    return streamed
  }
  return {
    path: MONITOR_PATH,
    methods: { GET: monitor },
    support: 'yes',
    note: 'The events of this process; 64 readers at a time.',
  }
}

/** Answers a call with the log, until the client goes or loses the right to read it. Throws `ConsulRefusedError`. */
export function streamLog(readers: LogReaders, call: Call, response: ServerResponse): void {
  const end = readers.add(response, logRequest(call))
  const unwatch = call.guard.watch(() => {
    try {
      call.guard.recheck()
    } catch {
      end()
    }
  })
  response.on('close', unwatch)
}

function logRequest(call: Call): LogRequest {
  const level = call.param('loglevel') || 'info'
  const severityMin = severityOf(level)
  if (severityMin === undefined) throw new ConsulRefusedError(400, `Bad request: Unknown log level: ${level}`)
  return { severityMin, isJson: call.has('logjson') }
}
