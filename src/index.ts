export { Application, type ApplicationOptions } from './application/application.ts'
export { BaseService, type BaseServiceOptions } from './application/base-service.ts'
export {
  DependencyFailedError,
  DuplicateNameError,
  HasParentError,
  InvalidNameError,
  NotAChildError,
  RestartLimitError,
  type ServiceFailure,
  SelfWaitError,
  ServiceHungError,
  StartFailedError,
  StopFailedError,
  UnknownSiblingError,
} from './application/errors.ts'
export { EXIT, type ExitStatus, exitStatusOf } from './application/exit-status.ts'
export { inspect, type ServiceReport } from './application/inspect.ts'
export { type ChildInit, MultiService, type MultiServiceOptions } from './application/multi-service.ts'
export type { Phase, PhaseContext } from './application/phase.ts'
export type { Placement } from './application/placement.ts'
export { printTree } from './application/print-tree.ts'
export type { RestartPolicy } from './application/restart-policy.ts'
export { runApplication, type RunOptions } from './application/run.ts'
export type { Service, ServiceStatus, StartOptions, StopOptions } from './application/service.ts'
export type { FailurePolicy } from './application/supervisor.ts'

export type { Abortable } from './core/abort.ts'
export type { BackoffOptions } from './core/backoff.ts'
export { type Clock, systemClock, type Timer } from './core/clock.ts'
export { type ErrorCode, RopewalkError } from './core/error.ts'
export { EVENT_AREAS, type EventArea, observe, type RopewalkEvent } from './core/event.ts'
export { type Random, seededRandom, systemRandom } from './core/random.ts'

export { advertisedEndpoint, type AdvertiseOptions, type NetworkInterfaces } from './discovery/advertise.ts'
export { createInstance, validateServiceName } from './discovery/create-instance.ts'
export * from './discovery/errors.ts'
export type { HealthCheck } from './discovery/health-check.ts'
export { type Checking, functionCheck } from './discovery/health-checks/function-check.ts'
export { httpCheck, type HttpCheckOptions } from './discovery/health-checks/http-check.ts'
export { tcpCheck, type TcpCheckTarget } from './discovery/health-checks/tcp-check.ts'
export {
  type CheckSchedule,
  HealthMonitor,
  type HealthMonitorOptions,
  type HealthReport,
} from './discovery/health-monitor.ts'
export type { InstanceSet, ServiceNames } from './discovery/instance-set.ts'
export type { Instance, InstanceInit, InstanceStatus } from './discovery/instance.ts'
export type { DrainOptions, DrainReport, InstanceChanges, Lease } from './discovery/lease.ts'
export { MemoryRegistry, type MemoryRegistryOptions } from './discovery/memory-registry.ts'
export { type Covered, Registrant, type RegistrantChanges, type RegistrantOptions } from './discovery/registrant.ts'
export { RegistryService, type RegistryServiceOptions } from './discovery/registry-service.ts'
export type { RegisterOptions, Registry } from './discovery/registry.ts'
export { type ReadyOptions, Resolver, type ResolverOptions } from './discovery/resolver.ts'
export { Resolvers, type ResolversOptions } from './discovery/resolvers.ts'
export { sameInstance, sameInstances } from './discovery/same-instance.ts'
export type { SetListener } from './discovery/set-listeners.ts'

export { connect, type ConnectOptions } from './endpoint/connect.ts'
export type { Endpoint, TcpEndpoint, TlsEndpoint, UnixEndpoint } from './endpoint/endpoint.ts'
export * from './endpoint/errors.ts'
export { escapeField, type Field, type Fields } from './endpoint/fields.ts'
export { EndpointGrammar, type Scheme, type SchemesOf } from './endpoint/grammar.ts'
export { listen, type ListenOptions } from './endpoint/listen.ts'
export type { Listener } from './endpoint/listener.ts'
export { formatEndpoint, parseEndpoint } from './endpoint/parse-endpoint.ts'
export { endpointSchemes } from './endpoint/schemes.ts'

export type { BodyOptions } from './web/body.ts'
export * from './web/errors.ts'
export { EventStream, type EventStreamOptions, type StreamEvent } from './web/event-stream.ts'
export { expressHandler } from './web/express-handler.ts'
export { FastResponse } from './web/fast-response.ts'
export { type FastifyApplication, fastifyHandler } from './web/fastify-handler.ts'
export { type FetchFunction, fetchHandler, type FetchHandlerOptions } from './web/fetch-handler.ts'
export type { HealthOptions } from './web/health-routes.ts'
export { type HonoApplication, honoHandler } from './web/hono-handler.ts'
export { readJson, sendJson, sendJsonText, type SendOptions } from './web/json.ts'
export { type Exchange, type RouteHandler, Router, type RouterOptions } from './web/router.ts'
export { nodeHandler, type NodeListener, type SiteHandler } from './web/site-handler.ts'
export { Site, type SiteOptions, type UpgradeListener } from './web/site.ts'

export { run } from './run.ts'
