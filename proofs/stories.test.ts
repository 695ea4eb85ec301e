// Tales in a real browser: the first run, a new colleague, what is hidden; every main screen for everyone, in light and dark, and on a phone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';
import { ownFolder, serving } from './serving.ts';

const path = findChromium();
const skip = path ? false : 'needs Chromium';
let browser: Browser;
const ends: (() => Promise<void> | void)[] = [];

/** A Steward of its own, with a database of its own. */
async function serve(command: 'start' | 'demo'): Promise<string> {
  const { folder, remove } = ownFolder();
  ends.push(remove);
  const { url, stop } = await serving(command, folder);
  ends.push(stop);
  return url;
}

before(async () => {
  if (path) browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
});
after(async () => {
  await browser?.close();
  for (const end of ends.toReversed()) await end();
});

/** A window of someone's own; whatever the page itself reports as a fault fails the tale. */
async function open(how: { colorScheme?: 'light' | 'dark'; width?: number } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: how.width ?? 1280, height: 820 }, colorScheme: how.colorScheme ?? 'light', locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => { throw error; });
  return page;
}

const main = (page: Page) => page.getByRole('main');
const menu = (page: Page) => page.getByRole('navigation', { name: 'Tables' });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

describe('a company begins', { skip }, () => {
  let url: string;
  let adam: Page;
  let link = '';
  before(async () => {
    if (!path) return;
    url = await serve('start');
    adam = await open();
  });

  test('the first run opens a company and its administrator', async () => {
    await adam.goto(url);
    await heading(adam, 'Welcome to Steward');
    await adam.getByLabel('Company').fill('Acme & Söhne');
    await adam.getByLabel('Your name').fill('Adam Admin');
    await adam.getByLabel('E-mail').fill('adam@acme.example');
    await adam.getByLabel('Password', { exact: true }).fill('a long password of mine');
    await adam.getByText('Only owners and their managers').click();
    await adam.getByRole('button', { name: 'Open Steward' }).click();
    // Not without both boxes.
    await adam.getByText('Needed to go on.').first().waitFor();
    await adam.getByLabel('I accept the terms of use.').check();
    await adam.getByLabel('I have read the privacy notice.').check();
    await adam.getByRole('button', { name: 'Open Steward' }).click();
    await heading(adam, 'Companies');
    assert.deepEqual(await menu(adam).getByRole('link').allInnerTexts(), ['Companies', 'Contacts', 'Deals', 'Tasks', 'Notes', 'New table']);
  });

  test('a company and a contact are added by keyboard, and search finds them in any spelling', async () => {
    await main(adam).getByText('No Companies yet').waitFor();
    await adam.keyboard.press('n');
    await adam.getByRole('dialog').getByRole('textbox', { name: 'Name', exact: true }).fill('Größenwahn GmbH');
    await adam.keyboard.press('Control+Enter');
    await main(adam).getByText('Größenwahn GmbH').first().waitFor();
    await menu(adam).getByRole('link', { name: 'Contacts' }).click();
    await heading(adam, 'Contacts');
    await main(adam).getByRole('button', { name: 'New Contact' }).first().click();
    const form = adam.getByRole('dialog');
    await form.getByRole('textbox', { name: 'First name' }).fill('Zoë');
    await form.getByRole('textbox', { name: 'Last name' }).fill('Ångström');
    await form.getByRole('button', { name: 'Create Contact' }).click();
    await main(adam).getByText('Zoë Ångström').first().waitFor();
    await adam.keyboard.press('Escape');
    await adam.keyboard.press('Control+k');
    await adam.getByRole('dialog').getByRole('combobox').fill('angstrom');
    await adam.getByRole('dialog').getByText('Zoë Ångström').first().waitFor();
    await adam.keyboard.press('Escape');
  });

  test('a new colleague is invited, signs in, and sees only what is hers', async () => {
    await adam.goto(`${url}/settings/members`);
    await adam.getByRole('button', { name: 'Invite' }).click();
    const form = adam.getByRole('dialog');
    await form.getByLabel('Name').fill('Rita Rep');
    await form.getByLabel('E-mail').fill('rita@acme.example');
    await form.getByRole('combobox', { name: 'Profile' }).click();
    await adam.getByRole('option', { name: 'Member' }).click();
    await form.getByRole('button', { name: 'Make the link' }).click();
    link = (await form.getByText(/\/invitation\//).or(form.locator('input[value*="/invitation/"]')).first().evaluate((e) => (e as HTMLInputElement).value || e.textContent))!.trim();
    const rita = await open();
    await rita.goto(link);
    await heading(rita, 'Welcome, Rita Rep');
    await rita.getByLabel('Password', { exact: true }).fill('another long password');
    await rita.getByLabel('I accept the terms of use.').check();
    await rita.getByLabel('I have read the privacy notice.').check();
    await rita.getByRole('button', { name: /begin|start|accept|go/i }).last().click();
    await heading(rita, 'Companies');
    await rita.goto(`${url}/t/contact`);
    await heading(rita, 'Contacts');
    await rita.getByRole('button', { name: 'New Contact' }).first().click();
    await rita.getByRole('dialog').getByRole('textbox', { name: 'Last name' }).fill('Own');
    await rita.getByRole('dialog').getByRole('button', { name: 'Create Contact' }).click();
    await main(rita).getByText('Own').first().waitFor();
    assert.equal(await main(rita).getByText('Ångström').count(), 0);
    await rita.context().close();
  });

  test('the invitation worked once', async () => {
    const stranger = await open();
    await stranger.goto(link);
    await heading(stranger, 'This invitation no longer works');
    await stranger.context().close();
  });
});

const SCREENS: [who: string, address: string, heading: string][] = [
  ['frida', '/t/account', 'Companies'], ['frida', '/t/deal', 'Deals'], ['sam', '/t/fitting', 'Fittings'], ['frida', '/settings/sessions', 'Sessions'], ['frida', '/settings/tokens', 'API tokens'],
  ['ada', '/settings/members', 'Members'], ['ada', '/settings/profiles', 'Profiles'], ['ada', '/settings/tables', 'Tables and fields'], ['ada', '/settings/tables/fitting', 'Fittings'], ['ada', '/settings/sharing', 'Sharing'], ['ada', '/settings/teams', 'Teams and groups'], ['ada', '/settings/teams/groups', 'Teams and groups'],
  ['frida', '/import?table=contact', 'Import'], ['frida', '/t/no_such_table', 'There is nothing here'],
];

describe('the company of the cast', { skip }, () => {
  let url: string;
  before(async () => {
    if (path) url = await serve('demo');
  });
  const enter = (page: Page, who: string) => page.request.post(`${url}/api/v1/demo/sign-in`, { data: { email: `${who}@maple-fjord.example` } });
  /** The first record of a table that someone sees. */
  async function first(page: Page, table: string): Promise<string> {
    const { data } = await (await page.request.get(`${url}/api/v1/records/${table}?limit=1`)).json();
    return `${url}/t/${table}/${data[0].id}`;
  }

  test('a hidden table is absent from the menu, and its address leads to what an unknown one leads to', async () => {
    const page = await open();
    await enter(page, 'frida');
    const deal = await first(page, 'deal');
    await enter(page, 'sam');
    await page.goto(`${url}/t/contact`);
    await heading(page, 'Contacts');
    assert.deepEqual(await menu(page).getByRole('link').allInnerTexts(), ['Companies', 'Contacts', 'Tasks', 'Notes', 'Fittings']);
    const shown = async (address: string) => {
      await page.goto(address);
      await heading(page, 'There is nothing here');
      return main(page).innerText();
    };
    const unknown = await shown(`${url}/t/never_existed`);
    assert.equal(await shown(`${url}/t/deal`), unknown);
    assert.equal(await shown(deal), unknown);
    await page.context().close();
  });

  test('one click on the bar changes who one is, and what there is', async () => {
    const page = await open();
    await page.goto(`${url}/sign-in`);
    await page.getByRole('region', { name: 'Demo' }).getByRole('button', { name: /Sam/ }).click();
    await heading(page, 'Companies');
    assert.equal(await menu(page).getByRole('link', { name: 'Deals' }).count(), 0);
    await page.getByRole('region', { name: 'Demo' }).getByRole('button', { name: /Karim/ }).click();
    await menu(page).getByRole('link', { name: 'Deals' }).click();
    await heading(page, 'Deals');
    await main(page).getByText('Office chairs, 120 pieces').first().waitFor();
    assert.equal(await main(page).getByText('Beds for 30 rooms').count(), 0);
    await page.context().close();
  });

  /** Everything that axe finds against WCAG 2.2 A and AA, one line each. */
  async function faults(page: Page, where: string): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    return violations.map((v) => `${where}: ${v.id} ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
  }

  /** Waits until the screen stands: its heading, and nothing loading any more. */
  async function settle(page: Page, address: string, title: string): Promise<void> {
    await page.goto(`${url}${address}`);
    await heading(page, title);
    await page.waitForLoadState('networkidle');
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every main screen can be used by everyone, in ${colorScheme}`, async () => {
      const page = await open({ colorScheme });
      const found: string[] = [];
      await page.goto(`${url}/sign-in`);
      await heading(page, 'Sign in');
      found.push(...(await faults(page, '/sign-in')));
      for (const [who, address, title] of SCREENS) {
        await enter(page, who);
        await settle(page, address, title);
        found.push(...(await faults(page, address)));
      }
      await enter(page, 'frida');
      await page.goto(await first(page, 'contact'));
      await page.waitForLoadState('networkidle');
      found.push(...(await faults(page, 'a contact')));
      await settle(page, '/t/contact', 'Contacts');
      await page.keyboard.press('n');
      await page.getByRole('dialog').waitFor();
      found.push(...(await faults(page, 'a new contact')));
      assert.equal(found.join('\n'), '');
      await page.context().close();
    });
  }

  test('on a phone no page is wider than the screen', async () => {
    const page = await open({ width: 390 });
    const wide: string[] = [];
    const measure = async (where: string) => {
      const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      if (inner > outer) wide.push(`${where}: ${inner} of ${outer}`);
    };
    for (const [who, address, title] of SCREENS) {
      await enter(page, who);
      await settle(page, address, title);
      await measure(address);
    }
    await enter(page, 'frida');
    await page.goto(await first(page, 'contact'));
    await page.waitForLoadState('networkidle');
    await measure('a contact');
    assert.equal(wide.join('\n'), '');
    await page.context().close();
  });
});
