import { render } from 'preact';
import type { PageData } from '../report/html/data.ts';
import { App } from './app.tsx';
import { EmbeddedSource, inflate } from './embedded.ts';
import { connect } from './remote.ts';
import type { Source } from './source.ts';

/** The report page carries its data; the page of the local server asks for them. */
async function source(): Promise<Source> {
  const block = document.getElementById('report-data');
  if (block === null) return connect();
  const text = new TextDecoder().decode(await inflate(block.textContent ?? ''));
  return new EmbeddedSource(JSON.parse(text) as PageData);
}

const place = document.getElementById('app')!;
source()
  .then(found => {
    place.textContent = '';
    render(<App source={found} />, place);
  })
  .catch((error: unknown) => {
    place.textContent = `This page can't be shown: ${error instanceof Error ? error.message : String(error)}`;
  });
