// Starts the window: theme, language, server state and routes around one root.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import '@mantine/core/styles.layer.css';
import '@mantine/dates/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@fontsource-variable/inter';
import './style.css';
import './language.ts';
import { theme } from './theme.ts';
import { queries } from './client.ts';
import { router } from './router.tsx';

// After an upgrade an open window asks for parts that are gone: it starts anew, once (a minute at least between two starts).
window.addEventListener('vite:preloadError', (e) => {
  const last = Number(sessionStorage.getItem('steward.restarted') ?? 0);
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem('steward.restarted', String(Date.now()));
  e.preventDefault();
  location.reload();
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
