//! Starts the viewer: loads the data, reads it, and shows it or says why not.
//!
//! Knows: the order of the start and what to do when it fails. Nothing else
//! touches the document's root.

import { render } from 'preact';
import { App } from './components/App';
import { ErrorPage } from './components/ErrorPage';
import { DamagedData } from './data/damaged';
import { loadBlob } from './data/load';
import { readModel } from './data/model';
import './styles/index.css';

async function start(): Promise<void> {
  const root = document.getElementById('app');
  if (!root) return;
  root.textContent = '';
  try {
    const model = readModel(await loadBlob(document));
    // The text of the data is megabytes that nobody needs once it is read.
    document.getElementById('fathom-data')?.remove();
    document.title = `${model.header.title} - Fathom`;
    render(<App model={model} />, root);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    render(<ErrorPage damaged={error instanceof DamagedData} message={message} />, root);
  }
}

void start();
