import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { runsFolder, type StateFolderSources } from '../../../../src/edges/journal/state-folder.js';
import { GreyprobeError } from '../../../../src/model/errors.js';

const UNIX: StateFolderSources = {
  chosen: null,
  environment: {},
  platform: 'linux',
  home: '/home/ann',
};
const WINDOWS: StateFolderSources = { ...UNIX, platform: 'win32', home: 'C:\\Users\\ann' };

describe('the folder of the runs', () => {
  it('is below the state folder of the XDG specification', () => {
    expect(runsFolder(UNIX)).to.equal('/home/ann/.local/state/greyprobe/runs');
    expect(runsFolder({ ...UNIX, platform: 'darwin' })).to.equal(
      '/home/ann/.local/state/greyprobe/runs',
    );
    const environment = { XDG_STATE_HOME: '/var/state' };
    expect(runsFolder({ ...UNIX, environment })).to.equal('/var/state/greyprobe/runs');
  });

  it('passes over a relative or empty XDG_STATE_HOME', () => {
    for (const XDG_STATE_HOME of ['state', '']) {
      expect(runsFolder({ ...UNIX, environment: { XDG_STATE_HOME } })).to.equal(
        '/home/ann/.local/state/greyprobe/runs',
      );
    }
  });

  it('is in the local application data on Windows', () => {
    const environment = { LOCALAPPDATA: 'D:\\Local', XDG_STATE_HOME: '/var/state' };
    expect(runsFolder({ ...WINDOWS, environment })).to.equal('D:\\Local\\greyprobe\\runs');
    expect(runsFolder(WINDOWS)).to.equal('C:\\Users\\ann\\AppData\\Local\\greyprobe\\runs');
  });

  it('is where the user says: the flag before the environment', () => {
    const environment = { GREYPROBE_STATE_DIR: '/srv/env', XDG_STATE_HOME: '/var/state' };
    expect(runsFolder({ ...UNIX, environment })).to.equal(join('/srv/env', 'runs'));
    expect(runsFolder({ ...UNIX, environment, chosen: 'here' })).to.equal(resolve('here', 'runs'));
  });

  it('cannot be without a home', () => {
    expect(() => runsFolder({ ...UNIX, home: '' }))
      .to.throw(GreyprobeError)
      .with.property('code', 'no-state-folder');
  });
});
