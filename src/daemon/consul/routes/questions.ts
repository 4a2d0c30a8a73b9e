import type { Found, Question } from '../live/live-query.ts'
import type { Topics } from '../live/topics.ts'
import type { RosterWatch } from '../../../discovery/store/roster-watch.ts'
import type { Rosters } from '../../../discovery/store/rosters.ts'

/** A question whose answer changes with some topics only. `make` gives the JSON of what is answered; nothing for what is not there. */
export function topicQuestion(topics: Topics, about: readonly string[], make: () => string): Question {
  return {
    revision: () => topics.revision(about),
    evaluate(): Found {
      const text = make()
      return { status: text === '' ? 404 : 200, text, index: topics.revision(about) }
    },
    watch: onChange => topics.watch(about, onChange),
  }
}

/** The same, whose index moves with some topics even where the answer does not. */
export function marked(question: Question, { topics, about }: { topics: Topics; about: readonly string[] }): Question {
  return {
    revision: () => question.revision(),
    evaluate: () => ({ ...question.evaluate(), mark: topics.revision(about) }),
    watch: onChange => question.watch(onChange),
  }
}

/** The same, asked by somebody who consumes services: a drain of one waits for those who cannot tell what they work with. */
export function consumed(
  question: Question,
  { rosters, serviceNames }: { rosters: Rosters; serviceNames: () => readonly string[] },
): Question {
  const watch = { name: 'Consul API', acknowledges: false, onChange: () => {} }
  return {
    revision: () => question.revision(),
    evaluate: () => question.evaluate(),
    watch(onChange) {
      const audiences: RosterWatch[] = []
      const leave = () => audiences.forEach(audience => audience.close())
      try {
        for (const name of serviceNames()) audiences.push(rosters.watch(name, watch))
      } catch (error) {
        leave()
        throw error
      }
      const unwatch = question.watch(onChange)
      return () => {
        unwatch()
        leave()
      }
    },
  }
}

/** A JSON array of texts that are JSON already. */
export function jsonArray(items: readonly string[]): string {
  return `[${items.join(',')}]`
}
