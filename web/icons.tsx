// The vendored icons that tables may carry, by the names used in the catalogue.
import {
  IconAddressBook, IconBolt, IconBook, IconBox, IconBriefcase, IconBuilding, IconBulb, IconCalendar, IconCamera, IconCar, IconCheckbox, IconChecklist, IconCoin, IconCurrencyEuro, IconDatabase,
  IconFile, IconFileText, IconFlag, IconFolder, IconGift, IconHeart, IconHome, IconKey, IconMail, IconMapPin, IconNote, IconPackage, IconPhone, IconReceipt,
  IconRocket, IconSchool, IconShield, IconShoppingCart, IconStar, IconStethoscope, IconTable, IconTag, IconTarget, IconTicket, IconTool, IconTruck, IconUser, IconUsers,
  type Icon,
} from '@tabler/icons-react';

/** Icon name in the catalogue → icon; offered when a table is made. */
export const ICONS: Record<string, Icon> = {
  table: IconTable, building: IconBuilding, user: IconUser, users: IconUsers, address_book: IconAddressBook, target: IconTarget, checklist: IconChecklist, checkbox: IconCheckbox, currency_euro: IconCurrencyEuro, note: IconNote,
  ticket: IconTicket, coin: IconCoin, briefcase: IconBriefcase, calendar: IconCalendar, mail: IconMail, phone: IconPhone, file: IconFile, file_text: IconFileText,
  folder: IconFolder, tag: IconTag, flag: IconFlag, star: IconStar, heart: IconHeart, home: IconHome, map_pin: IconMapPin, box: IconBox, package: IconPackage, truck: IconTruck,
  car: IconCar, shopping_cart: IconShoppingCart, receipt: IconReceipt, gift: IconGift, book: IconBook, school: IconSchool, bulb: IconBulb, bolt: IconBolt, rocket: IconRocket,
  tool: IconTool, key: IconKey, shield: IconShield, database: IconDatabase, camera: IconCamera, stethoscope: IconStethoscope,
};

/** A table's icon, 16 px unless said; decoration only. */
export function TableIcon({ icon, size = 16 }: { icon: string; size?: number }) {
  const Found = ICONS[icon.replaceAll('-', '_')] ?? IconTable;
  return <Found size={size} stroke={1.6} aria-hidden />;
}
