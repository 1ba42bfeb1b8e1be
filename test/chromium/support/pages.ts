import type { ObserveResult } from '../../../src/contract/observe-result.js';
import type { ProbeResult } from '../../../src/contract/probe-result.js';
import { type SurveyResult, SurveyTally } from '../../../src/contract/survey-result.js';
import { NOTHING_FOUND, type SurveyRow } from '../../../src/contract/survey-row.js';
import { sendersNamed } from '../../../src/core/advice/senders.js';
import { html } from '../../../src/report/formats/html.js';
import { PLAIN } from '../../../src/report/text/style.js';
import {
  checkOf,
  judgements,
  measuredResult,
  probes,
  target,
  withText,
} from '../../unit/report/formats/support/reports.js';

/** The page of a probe of a host that greylists. */
export async function probePageText(): Promise<string> {
  return html.render(probes(await measuredResult()), PLAIN);
}

/** The page of a check of so many targets. */
export async function checkPageText(targets: number): Promise<string> {
  const result = await measuredResult();
  return html.render(
    checkOf(
      ...Array.from({ length: targets }, (_, n) => target(result, judgements(), `host ${n}`)),
    ),
    PLAIN,
  );
}

const PRODUCTS = ['postgrey', 'sqlgrey', 'milter-greylist', 'rspamd', null];

/** The page of a survey with so many rows, four of five of which greylist. */
export function surveyPageText(count: number, text = 'harmless'): string {
  const rows = Array.from({ length: count }, (_, n): SurveyRow => surveyRow(n, text));
  return html.renderSurveyed?.(surveyOf(rows), rows, PLAIN) ?? '';
}

function surveyRow(n: number, text: string): SurveyRow {
  const greylists = n % 5 !== 0;
  const opens = 60 * (1 + (n % 20));
  return {
    ...NOTHING_FOUND,
    schema: 'greyprobe.survey-row.v1',
    recipient: `postmaster@customer-${n}.example`,
    domain: `customer-${n}.example`,
    label: `${text} ${n % 7}`,
    host: `mx${n % 300}.provider-${n % 40}.example`,
    address: `192.0.2.${n % 250}`,
    operator: `provider-${n % 40}.example`,
    verdict: greylists ? 'greylisted' : 'accepted',
    confidence: greylists ? 'confirmed' : 'likely',
    class: greylists ? 'greylisting' : null,
    implementation: greylists ? (PRODUCTS[n % PRODUCTS.length] ?? null) : null,
    opensAfterSeconds: greylists ? opens - 10 : null,
    opensBySeconds: greylists ? opens : null,
    reply: `450 4.2.0 <postmaster@customer-${n}.example>: ${text}: Greylisted, see http://postgrey.schweikert.ch/help/customer-${n}.example.html`,
    run: `20261130T100000-${n}`,
  };
}

function surveyOf(rows: readonly SurveyRow[]): SurveyResult {
  const tally = new SurveyTally();
  for (const row of rows) tally.add(row);
  const { done, connections, ...found } = tally.result(sendersNamed('common'));
  return {
    schema: 'greyprobe.survey-result.v1',
    survey: '20261130T100000-surv',
    version: '1.2.3',
    startedAt: '2026-11-30T10:00:00.000Z',
    finishedAt: '2026-11-30T12:00:00.000Z',
    ended: null,
    contact: 'abuse@probe.example',
    counts: { targets: rows.length, done, hosts: 300, connections, stops: 0 },
    ...found,
    latenessMs: null,
  };
}

/** What a mail host could say to put something into a page. */
export const HOSTILE_TO_PAGES: readonly string[] = [
  '<script>window.owned = true</script>',
  '</script><script>window.owned = true</script>',
  '<img src=x onerror="window.owned = true">',
  '"><svg onload="window.owned = true">',
  "' onfocus='window.owned = true' autofocus='",
  '</title></style></pre></td></details><h1>owned</h1>',
  '<!-- ]]> --> <![CDATA[ <a href="javascript:window.owned = true">',
  '<meta http-equiv="refresh" content="0; url=http://evil.example/">',
  '<link rel=stylesheet href=//evil.example/a.css><base href=//evil.example/>',
  '&lt;script&gt; &#60;b&#62; &amp;lt;b&gt; \u0000 \u202e \ud800 \uffff',
];

/** Pages of all kinds in which every text that comes from outside is this one. */
export function pagesSaying(text: string, result: ProbeResult): readonly string[] {
  const said = { ...withText(result, text), resolver: text, run: text };
  const waiting = { ...said, window: null, advice: null, attempts: said.attempts.slice(0, 1) };
  const check = checkOf(target(said, judgements(text), text), target(waiting, [], text));
  const hosts = {
    schema: 'greyprobe.hosts-result.v1',
    target: said.target,
    hosts: [said, waiting],
    sharing: [],
    warnings: [{ code: text, message: text }],
  } as const;
  return [
    html.render(probes(said), PLAIN),
    html.render(probes(said, waiting), PLAIN),
    html.render(check, PLAIN),
    html.render(
      {
        kind: 'hosts',
        result: { ...hosts, hosts: [...hosts.hosts], warnings: [...hosts.warnings] },
      },
      PLAIN,
    ),
    surveyPageText(9, text),
    html.renderObserved?.(observedSaying(text), PLAIN) ?? '',
  ];
}

function observedSaying(text: string): ObserveResult {
  const edge = { afterSeconds: 290, bySeconds: 310 };
  const open = { afterSeconds: null, bySeconds: null };
  const setting = {
    settings: [{ name: text, value: text }],
    waitedSeconds: [1, 2] as [number, number],
    retries: [1, 2] as [number, number],
    better: true,
    paste: [text],
  };
  return {
    schema: 'greyprobe.observe-result.v1',
    input: { files: [text], bytes: 1, lines: 1, from: text, to: text },
    sent: {
      delivered: 1,
      attempts: 2,
      mailHosts: 1,
      greylisting: { hosts: 1, refused: 1, waitedSeconds: 300, lost: 0 },
      hosts: [
        {
          host: text,
          address: text,
          window: { opens: edge, closes: open },
          confidence: 'likely',
          firstContacts: 1,
          refused: 1,
          waitedSeconds: 300,
          passes: 1,
          lost: 0,
          pairs: { agedPassedFreshRefused: 0, agedRefusedFreshPassed: 0 },
          letsInAfterPasses: null,
          forgottenAfterSeconds: null,
          misfits: 0,
          contradictory: false,
          command: text,
        },
      ],
      late: [{ host: text, address: null, attempts: 1, noAnswer: 0, refusals: [] }],
      settings: {
        sender: text,
        loggedSeconds: 1,
        fits: true,
        present: { ...setting, settings: [] },
        others: [setting],
      },
      leftOut: { hosts: 0, late: 0 },
    },
    received: null,
    warnings: [{ code: text, message: text }],
  };
}
