/**
 * The one script of a page, for what a page can do beyond being read: copying, sorting and filtering.
 * Its controls are in the page only where it runs. It puts nothing into the page but words of its own.
 * Without & and less-than signs it stands the same in HTML and XML.
 */
export const PAGE_SCRIPT = `'use strict';
(() => {
  const status = document.querySelector('.told');
  const collator = new Intl.Collator('en', { numeric: true });

  for (const box of document.querySelectorAll('.copy')) {
    const text = box.querySelector('pre');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      let told = 'Copied';
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        getSelection().selectAllChildren(text);
        told = 'Selected';
      }
      button.textContent = told;
      status.textContent = told;
      setTimeout(() => {
        button.textContent = 'Copy';
        status.textContent = '';
      }, 2000);
    });
    box.append(button);
  }

  for (const table of document.querySelectorAll('table')) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    if (rows.length > 1) heads.forEach((head, column) => sortable(head, column));
    if (rows.length > 8) filterable();

    function sortable(head, column) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') !== 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const keyed = rows.map((row) => [keyOf(row.cells[column]), row]);
        keyed.sort(([a], [b]) => compare(a, b, up ? 1 : -1));
        body.append(...keyed.map(([, row]) => row));
      });
    }

    function filterable() {
      const filter = table.closest('.listing').querySelector('.filter');
      const input = filter.querySelector('input');
      const count = filter.querySelector('output');
      let texts = null;
      filter.hidden = false;
      input.addEventListener('input', () => {
        texts ??= rows.map((row) => row.textContent.toLowerCase());
        const words = input.value.toLowerCase().split(/\\s+/u);
        let shown = 0;
        rows.forEach((row, index) => {
          row.hidden = !words.every((word) => texts[index].includes(word));
          if (!row.hidden) shown += 1;
        });
        count.textContent = shown.toLocaleString('en') + ' of ' + rows.length.toLocaleString('en');
      });
    }
  }

  /** A number where the cell gives one, else its text. */
  function keyOf(cell) {
    if (cell.dataset.by !== undefined) return Number(cell.dataset.by);
    return cell.textContent.trim();
  }

  /** Empty cells stand last in both directions. */
  function compare(a, b, sign) {
    if (a === '' || b === '') return (a === '') - (b === '');
    const numbers = [a, b].every((key) => typeof key === 'number');
    if (numbers) return sign * (a - b);
    return sign * collator.compare(String(a), String(b));
  }
})();
`;
