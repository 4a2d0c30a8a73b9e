// A program for run.test.ts: an application that behaves as its first argument says and tells its events on stdout, a JSON object a line.
import { writeSync } from 'node:fs'
import { Application } from '../../src/application/application.ts'
import type { PhaseContext } from '../../src/application/phase.ts'
import { runApplication } from '../../src/application/run.ts'
import { observe } from '../../src/core/event.ts'
import { hang, Probe, type ProbeHooks, waitForAbort } from './probe.ts'

const mode = process.argv[2] ?? ''
const tell = (fact: object) => void writeSync(1, `${JSON.stringify(fact)}\n`)
observe('service', tell)

const behaviours: Record<string, ProbeHooks> = {
  plain: {},
  slowStart: { start: waitForAbort },
  hangingStart: { start: hang },
  hangingStop: { stop: hang },
  slowStop: { stop: (context: PhaseContext) => waitForAbort(context).catch(() => {}) },
  portTaken: { bind: () => Promise.reject(Object.assign(new Error('taken'), { code: 'EADDRINUSE' })) },
  exception: {
    register: () =>
      void setTimeout(() => {
        throw new Error('nobody caught me')
      }),
  },
  rejection: { register: () => void setTimeout(() => void Promise.reject(new Error('nobody caught me'))) },
  fails: { register: () => void setTimeout(() => web.fail(new Error('lost'))) },
  stopsItself: { register: () => void setTimeout(() => void application.stop()) },
  leak: { start: () => void setInterval(() => {}, 1_000) },
}

const web: Probe = new Probe('web', [], behaviours[mode] ?? {})
const application: Application = new Application('shop', [new Probe('db'), web], {
  deadlineMs: 200,
  restart: { maxRestarts: 0 },
})
const runs = [runApplication(application, { lingerMs: 200 }), runApplication(application)]
const statuses = await Promise.all(runs)
tell({ event: 'test.over', statuses, again: await runApplication(application) })
