import type { PlanResult } from '../../contract/plan-result.js';
import type { Role } from '../../model/tuple.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { PLAIN, type Style } from './style.js';
import { hanging, listed, strongLines, wrapText } from './wrap.js';

const STEPS = 'Connections, after the first, while every attempt is deferred';

/** A plan for people: the bounds, one line a connection, and what can change it. */
export function renderPlan(plan: PlanResult, style: Style = PLAIN): string {
  const { atMost, connections } = plan;
  const head =
    `Plan for ${escapeControl(plan.target.recipient)}: at most ${atMost.connections} connections ` +
    `with ${atMost.attempts} attempts, done after ${formatDuration(atMost.seconds)} at the latest. ` +
    'Nothing was sent.';
  const steps = connections.flatMap(({ n, atSeconds, attempts }) =>
    hanging(
      `  ${String(n).padStart(3)}  ${formatDuration(atSeconds).padStart(11)}  `,
      attemptsText(attempts.map(({ role }) => role)),
      20,
      style.columns,
    ),
  );
  const then =
    'The first retry that passes ends this list; a few connections then narrow the window and ' +
    'prove it.';
  return [
    strongLines(head, style),
    [...strongLines(STEPS, style), ...steps],
    wrapText(then, style.columns),
    plan.notes.flatMap((note) => listed(note, style.columns)),
  ]
    .map((block) => block.join('\n'))
    .join('\n\n');
}

const NAMES: Readonly<Record<Role, string>> = {
  first: 'first attempt',
  retry: 'retry',
  control: 'fresh sender',
  confirm: 'sender left alone',
};

/** `fresh sender, retry, 3 fresh senders`. */
function attemptsText(roles: readonly Role[]): string {
  const groups: { role: Role; count: number }[] = [];
  for (const role of roles) {
    const last = groups.at(-1);
    if (last?.role === role) last.count += 1;
    else groups.push({ role, count: 1 });
  }
  return groups
    .map(({ role, count }) =>
      count === 1 ? NAMES[role] : `${count} ${NAMES[role].replace('sender', 'senders')}`,
    )
    .join(', ');
}
