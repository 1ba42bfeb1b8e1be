import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { diagnoseNode, OLDEST_NODE } from '../../../../src/tasks/doctor/doctor.js';

describe('diagnoseNode', () => {
  it('asks for what package.json asks for', () => {
    const manifest: unknown = JSON.parse(
      readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
    );
    expect(manifest)
      .to.have.nested.property('engines.node')
      .that.equals(`>=${OLDEST_NODE.major}.${OLDEST_NODE.minor}`);
  });

  it('tells old from new', () => {
    const outcomes = ['18.20.4', '20.18.9', '20.19.0', 'v20.20.2', '22.1.0', '100.0.0', 'odd'].map(
      (version) => diagnoseNode(version).outcome,
    );
    expect(outcomes).to.deep.equal(['failed', 'failed', 'ok', 'ok', 'ok', 'ok', 'failed']);
  });
});
