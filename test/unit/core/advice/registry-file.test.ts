import { expect } from 'chai';
import { registryCommands, registryFile } from '../../../../src/core/advice/registry-file.js';

describe('registryFile', () => {
  it('holds the bytes that regedit writes', () => {
    const bytes = registryFile(310);
    expect([...bytes.subarray(0, 4)]).to.deep.equal([0xff, 0xfe, 0x57, 0x00]);
    expect(bytes.length % 2).to.equal(0);
    const text = new TextDecoder('utf-16le', { fatal: true }).decode(bytes);
    expect(text).to.equal(
      'Windows Registry Editor Version 5.00\r\n' +
        '\r\n' +
        '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SMTPSvc\\Queuing]\r\n' +
        '"GlitchRetrySeconds"=dword:00000136\r\n' +
        '\r\n',
    );
  });

  it('has exactly one byte order mark', () => {
    const text = registryFile(60).toString('utf16le');
    expect(text.lastIndexOf('\ufeff')).to.equal(0);
  });

  for (const bad of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
    it(`never writes ${bad}`, () => {
      expect(() => registryFile(bad)).to.throw(
        RangeError,
        `not a value for GlitchRetrySeconds: ${bad}`,
      );
    });
  }

  it('writes the least and the most that there is', () => {
    expect(registryFile(1).toString('utf16le')).to.contain('dword:00000001\r\n');
    expect(registryFile(2 ** 32 - 1).toString('utf16le')).to.contain('dword:ffffffff\r\n');
  });
});

describe('registryCommands', () => {
  it('uses nothing that Windows PowerShell cannot parse', () => {
    const { powerShell, restart } = registryCommands(310);
    for (const line of [...powerShell, ...restart]) expect(line).not.to.match(/&&|\^|`/u);
  });

  it('sets the same value in decimal', () => {
    const { regExe, powerShell, restart } = registryCommands(310);
    expect(regExe.join(' ').replace(/\s+\^?\s+/gu, ' ')).to.equal(
      'reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\SMTPSvc\\Queuing /v GlitchRetrySeconds /t REG_DWORD /d 310 /f',
    );
    expect(powerShell).to.deep.equal([
      "$key = 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\SMTPSvc\\Queuing'",
      'if (-not (Test-Path $key)) { New-Item $key | Out-Null }',
      'Set-ItemProperty $key GlitchRetrySeconds 310 -Type DWord',
    ]);
    expect(restart).to.deep.equal(['net stop smtpsvc', 'net start smtpsvc']);
  });
});
