import type { ExplainResult, LogSummary } from '../../contract/explain-result.js';
import { decodedChunks } from '../../edges/system/read-bytes.js';
import type { InputFormat } from '../../mail/finding.js';
import { Collector } from './collector.js';
import { interpret } from './interpret.js';
import { type Read, readInput, type Warning } from './read-input.js';

export interface ExplainOptions {
  /** How to name the input in the result: `text`, `stdin` or the file. */
  readonly name: string;
  /** Read the input as this, without looking. */
  readonly format?: InputFormat;
  /** Rows in each list of a log's summary. */
  readonly top?: number;
}

/**
 * Explains what an input tells of refused mail: replies, bounces, reports, logs. Memory is bounded
 * whatever the size of the input. Throws usage errors from the source of the chunks.
 */
export async function explain(
  chunks: AsyncIterable<Buffer>,
  options: ExplainOptions,
): Promise<ExplainResult> {
  const warnings: Warning[] = [];
  const collector = new Collector();
  const source = counted(decodedChunks(chunks));
  const read = await readInput(source, options.format ?? null, { collector, warnings });
  return resultOf(read, source.bytes, { collector, warnings, options });
}

async function resultOf(
  read: Read,
  bytes: number,
  {
    collector,
    warnings,
    options,
  }: { collector: Collector; warnings: Warning[]; options: ExplainOptions },
): Promise<ExplainResult> {
  const { tally } = collector;
  const few = tally.few(read.format);
  const recognised = tally.refusals > 0;
  if (!recognised) warnings.push(nothingRecognised(bytes));
  return {
    schema: 'greyprobe.explain-result.v1',
    input: {
      name: options.name,
      format: recognised ? read.format : null,
      bytes,
      lines: read.lines,
    },
    recognised,
    findings: await interpreted(few),
    log: recognised && few.length === 0 ? await summaryOf(collector, options.top ?? 10) : null,
    warnings,
  };
}

/** The counts, with the answer for the commonest greylisting, else for the first refusal. */
async function summaryOf({ tally, outcomes }: Collector, top: number): Promise<LogSummary> {
  const counts = outcomes.counts();
  const [typical] = tally.typical === null ? [] : await interpreted([tally.typical]);
  return {
    ...tally.summary(top),
    ...(counts === null ? {} : { outcomes: counts }),
    ...(typical?.answer == null ? {} : { answer: typical.answer }),
  };
}

/** The data on senders is loaded only where a sender is known. */
async function interpreted(
  kept: ReturnType<Collector['tally']['few']>,
): Promise<ExplainResult['findings']> {
  const senderOf = kept.some(({ found }) => found.software !== null)
    ? (await import('./sender-outlook.js')).knownSender
    : () => null;
  return kept.map(({ found, outcome }) => interpret(found, senderOf, outcome));
}

/** One piece of text, as given on the command line. */
export async function explainText(text: string, options: ExplainOptions): Promise<ExplainResult> {
  async function* once(): AsyncGenerator<Buffer> {
    yield Buffer.from(text, 'utf8');
  }
  return explain(once(), options);
}

interface Counted extends AsyncGenerator<Buffer> {
  bytes: number;
}

/** Counts the bytes that pass. */
function counted(chunks: AsyncIterable<Buffer>): Counted {
  async function* pass(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      counter.bytes += chunk.length;
      yield chunk;
    }
  }
  const counter: Counted = Object.assign(pass(), { bytes: 0 });
  return counter;
}

function nothingRecognised(bytes: number): Warning {
  if (bytes === 0) return { code: 'empty', message: 'The input is empty.' };
  return {
    code: 'nothing-recognised',
    message:
      'Nothing in the input is a reply, a bounce, or a log line of a refusal that greyprobe knows.',
  };
}
