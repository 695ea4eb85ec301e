// The addresses of the window; each screen is fetched when it is first opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect, type AnyRoute } from '@tanstack/react-router';
import { call, queries, Refusal, SIGNED_OUT } from './client.ts';
import { meQuery } from './me.ts';
import { Frame } from './frame.tsx';
import { goBy } from './opening.ts';
import { Broken, Loading, NothingHere } from './nothing_here.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NothingHere, errorComponent: Broken });

/** First run → set up; nobody signed in → sign in, and back here afterwards. */
async function whoIsThere(href: string) {
  try {
    await queries.ensureQueryData(meQuery);
  } catch (fault) {
    if (!(fault instanceof Refusal) || fault.status !== 401) throw fault;
    const { tenants } = await call<{ tenants: boolean }>('GET', '/setup');
    throw tenants ? redirect({ to: '/sign-in', search: href === '/' ? {} : { then: href } }) : redirect({ to: '/setup' });
  }
}

const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Frame, beforeLoad: ({ location }) => whoIsThere(location.href) });

type Loader = () => Promise<Record<string, any>>;
const records: Loader = () => import('../features/record/Record.tsx');
const signIn: Loader = () => import('../features/sign_in/SignIn.tsx');
const customTable: Loader = () => import('../features/custom_table/CustomTable.tsx');

const page = (parent: AnyRoute, path: string, load: Loader, name: string) =>
  createRoute({ getParentRoute: () => parent, path, component: lazyRouteComponent(load, name), pendingComponent: Loading });

const insideRoutes = [
  page(inside, '/', records, 'FirstScreen'),
  page(inside, '/t/$table', records, 'ListScreen'),
  page(inside, '/t/$table/$id', records, 'PageScreen'),
  page(inside, '/settings/members', () => import('../features/member/Member.tsx'), 'MembersScreen'),
  page(inside, '/settings/profiles', () => import('../features/profile/Profile.tsx'), 'ProfilesScreen'),
  page(inside, '/settings/tables', customTable, 'TablesScreen'),
  page(inside, '/settings/tables/$table', customTable, 'TableScreen'),
  page(inside, '/settings/sharing', () => import('./sharing_settings.tsx'), 'SharingScreen'),
  page(inside, '/settings/teams', () => import('../features/team/Team.tsx'), 'TeamsScreen'),
  page(inside, '/settings/teams/groups', () => import('../features/group/Group.tsx'), 'GroupsScreen'),
  page(inside, '/settings/sessions', signIn, 'SessionsScreen'),
  page(inside, '/settings/tokens', signIn, 'TokensScreen'),
  page(inside, '/import', () => import('../features/import/Import.tsx'), 'ImportScreen'),
];
const outsideRoutes = [
  page(root, '/sign-in', signIn, 'SignInScreen'),
  page(root, '/setup', () => import('../features/tenant/Tenant.tsx'), 'SetupScreen'),
  page(root, '/invitation/$token', signIn, 'InvitationScreen'),
];

/** `router.navigate({ to })` leads to any address; screens use `Link`, `useNavigate` and `useParams({ strict: false })`. */
export const router = createRouter({
  routeTree: root.addChildren([inside.addChildren(insideRoutes), ...outsideRoutes]),
  defaultPreload: 'intent', defaultPendingMs: 300, defaultPendingComponent: Loading, defaultErrorComponent: Broken, defaultNotFoundComponent: NothingHere,
});
goBy((to) => router.navigate(to));

window.addEventListener(SIGNED_OUT, () => {
  const { pathname, href } = router.state.location;
  if (!queries.getQueryData(meQuery.queryKey) || /^\/(sign-in|setup|invitation)/.test(pathname)) return;
  queries.clear();
  void router.navigate({ href: `/sign-in?${new URLSearchParams({ then: href })}` });
});
