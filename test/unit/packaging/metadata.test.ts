import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const {
  homepage,
  repository,
  bugs,
  version,
  files,
  private: isPrivate,
} = JSON.parse(read('package.json'));
const PLACE = 'https://example.org/greyprobe';

describe('package.json', () => {
  it('says where greyprobe lives, or cannot be published', () => {
    const places = [homepage, repository.url, bugs.url];
    for (const place of places) expect(place).to.match(/^(?:git\+)?https:\/\//u);
    // Placeholders, until there is a home: npm refuses to publish what is private.
    const isPlaceholder = places.some((place) => place.includes('example.org'));
    expect(isPrivate === true, `${PLACE} is a placeholder`).to.equal(isPlaceholder);
  });

  it('takes files that are there, or made when it is packed', () => {
    const made = ['dist', 'completions', 'man'];
    for (const file of files) {
      expect(made.includes(file) || existsSync(new URL(file, ROOT)), file).to.equal(true);
    }
  });

  it('has a version that the changelog tells of', () => {
    expect(read('CHANGELOG.md')).to.match(new RegExp(`^## \\[${version}\\]`, 'mu'));
  });
});
