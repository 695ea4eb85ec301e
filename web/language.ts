// English and German. Keys are the English sentences; English itself needs only its singulars.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './language/en.json' with { type: 'json' };
import de from './language/de.json' with { type: 'json' };
import deSettings from './language/de_settings.json' with { type: 'json' };

export const LANGUAGES = [{ value: 'en', label: 'English' }, { value: 'de', label: 'Deutsch' }] as const;
const KEPT = 'steward.language';

const first = () => {
  const wanted = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2);
  return LANGUAGES.some((l) => l.value === wanted) ? wanted : 'en';
};

void i18next.use(initReactI18next).init({
  lng: first(), fallbackLng: 'en', keySeparator: false, nsSeparator: false, returnEmptyString: false,
  interpolation: { escapeValue: false },
  resources: { en: { translation: en }, de: { translation: { ...deSettings, ...de } } },
});
document.documentElement.lang = i18next.language;

/** Switches the language of the window on this device. */
export function speak(language: string): void {
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

/** Takes the member's own language unless this device has chosen one. */
export function speakAs(language: string): void {
  if (!localStorage.getItem(KEPT) && LANGUAGES.some((l) => l.value === language) && i18next.language !== language) {
    document.documentElement.lang = language;
    void i18next.changeLanguage(language);
  }
}

/** Locale for dates and numbers: the browser's regional one if it speaks the chosen language. */
export const locale = (): string => (navigator.languages.find((l) => l.startsWith(i18next.language)) ?? (i18next.language === 'en' ? 'en-GB' : i18next.language));
