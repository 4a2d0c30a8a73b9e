import type { RegistryBench } from '../registry-bench.ts'

/** Tries one thing; `skip` says why that cannot be tried with this fixture. */
export type RegistryCase = (bench: RegistryBench, skip: (reason: string) => void) => Promise<void>

/** Cases by their titles: sentences that are true when the case passes. */
export type RegistryCases = Readonly<Record<string, RegistryCase>>
