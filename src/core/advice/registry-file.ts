import data from './exchange2003-facts.json' with { type: 'json' };

const { key, value: valueName } = data.registry;

/**
 * A registry file as regedit writes it: UTF-16LE with byte order mark, CRLF, a REG_DWORD in eight
 * hex digits. Importing it creates the Queuing key, which is absent by default.
 */
export function registryFile(glitchRetrySeconds: number): Buffer {
  const lines = [
    'Windows Registry Editor Version 5.00',
    '',
    `[${key}]`,
    `"${valueName}"=dword:${dword(glitchRetrySeconds)}`,
    '',
    '',
  ];
  return Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le');
}

/** The same setting as lines to paste: to set it, and to make it take effect. */
export function registryCommands(glitchRetrySeconds: number): RegistryCommands {
  const seconds = checked(glitchRetrySeconds);
  const short = key.replace('HKEY_LOCAL_MACHINE', 'HKLM');
  return {
    regExe: [`reg add ${short} ^`, `    /v ${valueName} /t REG_DWORD /d ${seconds} /f`],
    powerShell: [
      `$key = '${short.replace('HKLM', 'HKLM:')}'`,
      // New-Item -Force would empty a key that is there.
      'if (-not (Test-Path $key)) { New-Item $key | Out-Null }',
      `Set-ItemProperty $key ${valueName} ${seconds} -Type DWord`,
    ],
    // Two lines rather than one with &&, which Windows PowerShell does not have.
    restart: ['net stop smtpsvc', 'net start smtpsvc'],
  };
}

export interface RegistryCommands {
  /** For cmd.exe; the lines belong together. */
  readonly regExe: string[];
  readonly powerShell: string[];
  /** For either shell. */
  readonly restart: string[];
}

function dword(seconds: number): string {
  return checked(seconds).toString(16).padStart(8, '0');
}

function checked(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 0xffff_ffff) return seconds;
  throw new RangeError(`not a value for ${valueName}: ${seconds}`);
}
