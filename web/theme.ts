// How the window looks: 13 px Inter on a 4 px grid, quiet greys and one accent, light and dark.
import { ActionIcon, Badge, Button, createTheme, Input, InputWrapper, Menu, Modal, Text, Select, Tooltip, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = ['#e9f7f4', '#d3ece7', '#a5d9cf', '#73c4b5', '#4bb3a0', '#2fa893', '#138575', '#0f6e66', '#0b5a54', '#064842'];
// Darker than the library's, so that white on red and red on white reach a contrast of 4.5.
const red: MantineColorsTuple = ['#fff1f0', '#ffdfdd', '#fcc1bd', '#f59a94', '#ec6f68', '#de4a45', '#d1332e', '#bd2521', '#a51d1a', '#861613'];
const gray: MantineColorsTuple = ['#fafafa', '#f4f4f5', '#e9e9eb', '#dedee1', '#cdcdd2', '#9d9da6', '#70707a', '#55555e', '#3a3a41', '#1c1c20'];
const dark: MantineColorsTuple = ['#e4e4e8', '#b9b9c1', '#9a9aa5', '#6b6b76', '#3a3a42', '#303037', '#222227', '#18181b', '#131316', '#0e0e10'];

/** Theme shared by all screens; fields and buttons are compact (30 px) by default. */
export const theme = createTheme({
  colors: { accent, red, gray, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontSizes: { xs: '13px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '16px' }, h3: { fontSize: '14px' }, h4: { fontSize: '13px' } } },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    Input: Input.extend({ defaultProps: { size: 'xs' } }),
    InputWrapper: InputWrapper.extend({ defaultProps: { size: 'xs' } }),
    Button: Button.extend({ defaultProps: { size: 'xs' }, styles: { label: { fontWeight: 500 } } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 28 } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } }),
    Text: Text.extend({ defaultProps: { size: 'sm' } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', radius: 'md' } }),
    Modal: Modal.extend({ defaultProps: { radius: 'md', overlayProps: { backgroundOpacity: 0.35 }, transitionProps: { duration: 120 } } }),
    Select: Select.extend({ defaultProps: { selectFirstOptionOnChange: true, allowDeselect: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, fz: 12 } }),
  },
});
