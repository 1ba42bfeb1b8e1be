import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';

/*
 * A client of the DevTools protocol over a pipe, as much of it as these tests need: messages are JSON, each
 * ended by a NUL. https://chromedevtools.github.io/devtools-protocol
 */

const MessageSchema = v.object({
  id: v.optional(v.number()),
  sessionId: v.optional(v.string()),
  method: v.optional(v.string()),
  params: v.optional(v.record(v.string(), v.unknown()), {}),
  result: v.optional(v.record(v.string(), v.unknown()), {}),
  error: v.optional(v.object({ message: v.string() })),
});
type Message = v.InferOutput<typeof MessageSchema>;
type Values = Readonly<Record<string, unknown>>;

/** A headless Chromium of its own profile; `close` ends it and leaves nothing behind. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #out: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #last = 0;
  #rest = '';

  private constructor(process: ChildProcess, profile: string, out: Writable, read: Readable) {
    this.#process = process;
    this.#profile = profile;
    this.#out = out;
    read.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  static async start(): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'greyprobe-chromium-'));
    const process = spawn(
      'chromium',
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--no-first-run',
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const [, , , out, read] = process.stdio;
    if (!out || !read || !('write' in out) || !('read' in read)) throw new Error('no pipes');
    return new Browser(process, profile, out, read);
  }

  /** Sends a command, and gives its result. Throws what the browser says is wrong. */
  async send(method: string, params: Values = {}, sessionId?: string): Promise<Values> {
    this.#last += 1;
    const id = this.#last;
    const answered = new Promise<Message>((settle) => this.#waiting.set(id, settle));
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { error, result } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  listen(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    const ended = new Promise((settle) => this.#process.once('exit', settle));
    await this.send('Browser.close');
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\0');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = v.parse(MessageSchema, JSON.parse(line));
      if (message.id === undefined) for (const listener of this.#listeners) listener(message);
      else this.#waiting.get(message.id)?.(message);
    }
  }
}

/** How a page is looked at. */
export interface Looks {
  readonly width?: number;
  readonly dark?: boolean;
  readonly scripts?: boolean;
}

/** A tab with what went on in it. */
export class Tab {
  /** Errors, warnings and exceptions, as the console shows them. */
  readonly complaints: string[] = [];
  readonly requests: string[] = [];
  readonly #browser: Browser;
  readonly #session: string;
  #loaded = () => {};

  private constructor(browser: Browser, session: string) {
    this.#browser = browser;
    this.#session = session;
    browser.listen((message) => {
      if (message.sessionId === session) this.#note(message);
    });
  }

  /** Opens a file and waits until it is loaded. */
  static async open(browser: Browser, file: string, looks: Looks = {}): Promise<Tab> {
    const { width = 1400, dark = false, scripts = true } = looks;
    const target = await browser.send('Target.createTarget', { url: 'about:blank' });
    const attached = await browser.send('Target.attachToTarget', { ...target, flatten: true });
    const tab = new Tab(browser, v.parse(v.string(), attached['sessionId']));
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await tab.send(`${domain}.enable`);
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await tab.send('Emulation.setDeviceMetricsOverride', size);
    const scheme = { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' };
    await tab.send('Emulation.setEmulatedMedia', { features: [scheme] });
    await tab.send('Emulation.setScriptExecutionDisabled', { value: !scripts });
    const loaded = new Promise<void>((settle) => {
      tab.#loaded = settle;
    });
    await tab.send('Page.navigate', { url: pathToFileURL(file).href });
    await loaded;
    return tab;
  }

  send(method: string, params: Values = {}): Promise<Values> {
    return this.#browser.send(method, params, this.#session);
  }

  /** The value of an expression in the page, as `schema` says that it is. */
  async value<T>(schema: v.GenericSchema<unknown, T>, expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
      userGesture: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return v.parse(v.object({ value: schema }), result).value;
  }

  /** Processor time that the page has taken so far, which a busy machine does not change. */
  async cpuSeconds(): Promise<number> {
    await this.send('Performance.enable');
    const { metrics } = await this.send('Performance.getMetrics');
    const known = v.parse(v.array(v.object({ name: v.string(), value: v.number() })), metrics);
    return known.find(({ name }) => name === 'ProcessTime')?.value ?? Number.NaN;
  }

  /** Presses a key: `Tab`, `Enter`, `Space`. */
  async press(key: 'Tab' | 'Enter' | 'Space'): Promise<void> {
    const of = KEYS[key];
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...of });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...of });
  }

  async type(text: string): Promise<void> {
    await this.send('Input.insertText', { text });
  }

  /** Presses Tab until what has the focus matches `selector`; at most `most` times. */
  async tabTo(selector: string, most = 60): Promise<void> {
    const matches = `document.activeElement.matches(${JSON.stringify(selector)})`;
    for (let pressed = 0; pressed < most; pressed += 1) {
      await this.press('Tab');
      if (await this.value(v.boolean(), matches)) return;
    }
    throw new Error(`no Tab leads to ${selector}`);
  }

  /** The page on paper, as the bytes of a PDF. */
  async print(): Promise<Buffer> {
    const { data } = await this.send('Page.printToPDF', { preferCSSPageSize: true });
    return Buffer.from(v.parse(v.string(), data), 'base64');
  }

  /** All of the page, as the bytes of a PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(v.parse(v.string(), data), 'base64');
  }

  #note({ method, params }: Message): void {
    switch (method) {
      case 'Page.loadEventFired':
        this.#loaded();
        break;
      case 'Network.requestWillBeSent': {
        const { request } = v.parse(v.object({ request: v.object({ url: v.string() }) }), params);
        this.requests.push(request.url);
        break;
      }
      case 'Log.entryAdded':
      case 'Runtime.exceptionThrown':
      case 'Runtime.consoleAPICalled':
        this.complaints.push(JSON.stringify(params));
        break;
      default:
    }
  }
}

const KEYS = {
  Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 },
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Space: { key: ' ', code: 'Space', windowsVirtualKeyCode: 32, text: ' ' },
} as const;
