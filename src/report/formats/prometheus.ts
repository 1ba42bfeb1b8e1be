import { CHECK_OUTCOMES } from '../../contract/check-result.js';
import type { ObserveResult, SentHost } from '../../contract/observe-result.js';
import type { Report } from '../../contract/report.js';
import { durationSeconds, type Judged, judgedOf } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/**
 * The text format of Prometheus, for the textfile collector: gauges in base units, HELP and TYPE
 * once each, no timestamps on samples (the collector refuses them); when the run ended is a gauge.
 */
export const prometheus: Reporter = { render, renderObserved };

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samplesOf: (judged: Judged) => readonly Sample[];
}

function render(report: Report): string {
  const judged = lastOfEach(judgedOf(report));
  return METRICS.map((metric) => block(metric, judged)).join('');
}

/** A target that was probed twice would give the same series twice, which readers refuse. */
function lastOfEach(judged: readonly Judged[]): readonly Judged[] {
  const byLabels = new Map(judged.map((one) => [JSON.stringify(labelsOf(one)), one]));
  return [...byLabels.values()];
}

function labelsOf({ name, result }: Judged): Labels {
  const { target, pinned } = result;
  const { recipient, domain } = target;
  return { target: name, recipient, domain, host: pinned?.name ?? '' };
}

const METRICS: readonly Metric[] = [
  gauge('verdict_info', 'What the mail host does, as labels; always 1.', (judged) => {
    const { verdict, pinned } = judged.result;
    return [
      {
        labels: {
          ...labelsOf(judged),
          verdict: verdict.kind,
          confidence: verdict.confidence,
          class: verdict.class ?? '',
          implementation: verdict.implementation?.id ?? '',
          address: pinned?.address ?? '',
        },
        value: 1,
      },
    ];
  }),
  window('opens_after_seconds', 'A retry at this age was still refused.', 'opens', 'afterSeconds'),
  window('opens_by_seconds', 'A retry at this age was accepted.', 'opens', 'bySeconds'),
  window('closes_after_seconds', 'The oldest age that was accepted.', 'closes', 'afterSeconds'),
  window('closes_by_seconds', 'An age that was refused again.', 'closes', 'bySeconds'),
  single('connections', 'Connections that the run made.', ({ result }) => result.connections),
  single('attempts', 'Attempts that the run made.', ({ result }) => result.attempts.length),
  single('run_duration_seconds', 'How long the run took.', ({ result }) => durationSeconds(result)),
  single('last_run_timestamp_seconds', 'When the run ended, or was left, in Unix time.', (judged) =>
    endOf(judged),
  ),
  gauge(
    'check_expectations',
    'Expectations by outcome; not-judged is neither passed nor failed.',
    (judged) =>
      CHECK_OUTCOMES.map((outcome) => ({
        labels: { ...labelsOf(judged), outcome },
        value: judged.judgements.filter((one) => one.outcome === outcome).length,
      })),
  ),
  gauge(
    'check_outcome',
    'Outcome of each expectation: 1 for the one that holds, 0 for the others.',
    (judged) =>
      judged.judgements.flatMap(({ expectation, outcome }) =>
        CHECK_OUTCOMES.map((one) => ({
          labels: { ...labelsOf(judged), expectation, outcome: one },
          value: one === outcome ? 1 : 0,
        })),
      ),
  ),
];

/** Waiting counts once a message, not once a retry. */
function renderObserved(result: ObserveResult): string {
  const hosts = result.sent?.hosts ?? [];
  const each = (name: string, help: string, of: (one: SentHost) => number | null) =>
    gaugeText(
      `greyprobe_observed_${name}`,
      help,
      hosts.flatMap((one): Sample[] => {
        const value = of(one);
        const labels = { host: one.host ?? '', address: one.address ?? '' };
        return value === null ? [] : [{ labels, value }];
      }),
    );
  return [
    each('waited_seconds', 'What mail to this host waited, in all.', (one) => one.waitedSeconds),
    each('first_contacts', 'Tuples that came for the first time.', (one) => one.firstContacts),
    each('first_contacts_refused', 'How many of them the greylist refused.', (one) => one.refused),
    each('lost_messages', 'Messages that never got in.', (one) => one.lost),
    each(
      'opens_after_seconds',
      'Retries of this age were refused.',
      (one) => one.window.opens.afterSeconds,
    ),
    each(
      'opens_by_seconds',
      'Retries of this age were accepted.',
      (one) => one.window.opens.bySeconds,
    ),
    gaugeText('greyprobe_observed_lines', 'Lines that were read.', [
      { labels: {}, value: result.input.lines },
    ]),
  ].join('');
}

function gauge(name: string, help: string, samplesOf: Metric['samplesOf']): Metric {
  return { name: `greyprobe_${name}`, help, samplesOf };
}

function single(name: string, help: string, measure: (judged: Judged) => number | null): Metric {
  return gauge(name, help, (judged) => {
    const value = measure(judged);
    return value === null ? [] : [{ labels: labelsOf(judged), value }];
  });
}

function window(
  name: string,
  help: string,
  edge: 'opens' | 'closes',
  bound: 'afterSeconds' | 'bySeconds',
): Metric {
  return single(`window_${name}`, help, ({ result }) => result.window?.[edge][bound] ?? null);
}

function endOf({ result }: Judged): number | null {
  const last = result.finishedAt ?? result.attempts.at(-1)?.at ?? result.startedAt;
  const ms = Date.parse(last);
  return Number.isFinite(ms) ? ms / 1000 : null;
}

function block({ name, help, samplesOf }: Metric, judged: readonly Judged[]): string {
  return gaugeText(name, help, judged.flatMap(samplesOf));
}

/** One gauge with its samples; nothing without any. */
function gaugeText(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`);
  return `${[`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines].join('\n')}\n`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escapeLabel(text: string): string {
  return visible(text).replace(/[\\"]/gu, '\\$&');
}
