// `fathom view`: what only a server can show, of a program that is built and recorded here.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPage, settle, toTab, wordsOf } from '../reader.mjs';

const PROGRAM = `#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) unsigned long hot_loop(unsigned long rounds) {
  unsigned long value = 1;
  for (unsigned long at = 0; at < rounds; at++) {
    value = value * 6364136223846793005UL + 1442695040888963407UL;
    value ^= value >> 17;
  }
  return value;
}

int main(int argc, char **argv) {
  printf("%lu\\n", hot_loop(strtoul(argv[argc - 1], 0, 10) * 1000000));
  return 0;
}
`;

export const testsOf = (fathom, folder) => ({
  async 'served: whole source files and machine code, with their costs'(context) {
    if (process.arch !== 'x64') return 'machine code is read of x86-64 only';
    const recording = record(fathom, folder);
    const server = await serve(fathom, recording);
    try {
      const { page, complaints } = await openPage(context, server.address);
      await toTab(page, 'Top functions');
      await page.locator('.top-name', { hasText: 'hot_loop' }).first().click();
      await toTab(page, 'Source');
      // All of the file, not only what is around hot lines; the costs stand at the loop.
      assert.match(await wordsOf(page), /#include <stdio\.h>[^]*return 0;/);
      const costs = await page.locator('.source-row:has(.source-cost b)').allInnerTexts();
      const hottest = costs.find((row) => /value \* 6364136223846793005UL|value >> 17|at < rounds/.test(row));
      assert.match(hottest ?? costs.join('\n'), /^\d+\s+\d[\d.]* %/);
      await page.getByRole('button', { name: 'Machine code' }).click();
      await settle(page);
      const code = await wordsOf(page);
      assert.match(code, /\d+ instructions, [\d.]+ \S+ sampled in them/);
      assert.match(code, /imul/);
      assert.match(code, /hot\.c:[678]/);
      assert.ok((await page.locator('.source-row.is-asm .source-cost b').count()) > 0, 'instructions have costs');
      assert.deepEqual(complaints, []);
      await page.close();
    } finally {
      await server.stop();
    }
    return undefined;
  },
});

function record(fathom, folder) {
  mkdirSync(folder, { recursive: true });
  const [source, program, recording] = ['hot.c', 'hot', 'hot.fathom'].map((name) => join(folder, name));
  writeFileSync(source, PROGRAM);
  const options = { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 };
  execFileSync('gcc', ['-g', '-O1', '-Wl,--build-id', '-o', program, source], options);
  execFileSync(fathom, ['run', '-o', recording, '--', program, '300'], options);
  return recording;
}

/** Starts the server and waits for the address that it says. */
async function serve(fathom, recording) {
  const child = spawn(fathom, ['view', recording, '--no-open'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => child.once('exit', done));
  let said = '';
  const address = await new Promise((done, fail) => {
    const listen = (text) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(said);
      if (found) done(found[0]);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    void ended.then((code) => fail(new Error(`the server ended with ${code}: ${said}`)));
  });
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  return { address, stop };
}
