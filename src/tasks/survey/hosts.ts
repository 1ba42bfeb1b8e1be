import type { SurveyFinding } from '../../contract/survey-row.js';
import type { SurveyTarget } from '../../core/survey/events.js';

/** A mail host, and the targets whose mail goes there. */
export interface Host {
  readonly place: string;
  readonly address: string;
  readonly name: string;
  /** Of the first run that ended. */
  found: SurveyFinding | null;
  /** By domain: those that are measured, or will be. */
  readonly measured: Set<string>;
  /** Spot checks that wait for the run before them. */
  readonly next: SurveyTarget[];
  /** Targets that get what another one's run finds. */
  readonly others: SurveyTarget[];
}

/** The mail hosts of a survey, by their places. */
export class Hosts {
  readonly #hosts = new Map<string, Host>();

  get size(): number {
    return this.#hosts.size;
  }

  has(place: string): boolean {
    return this.#hosts.has(place);
  }

  at(place: string, address: string, name: string): Host {
    const known = this.#hosts.get(place);
    if (known !== undefined) return known;
    const host = {
      place,
      address,
      name,
      found: null,
      measured: new Set<string>(),
      next: [],
      others: [],
    };
    this.#hosts.set(place, host);
    return host;
  }
}
