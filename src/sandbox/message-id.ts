/** Message-ID of a message's header, or null. */
export function messageIdOf(message: string): string | null {
  const header = message.split(/\r?\n\r?\n/, 1)[0] ?? '';
  return /^message-id:\s*(<[^>\r\n]*>)/im.exec(header)?.[1] ?? null;
}
