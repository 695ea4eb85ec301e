// The kinds of personal data that a field may hold, by their keys in the Fideslang taxonomy; a pick for people, not the whole of it.

export interface Category {
  /** Key in the taxonomy, stored with the field. */
  key: string;
  /** What people read. */
  label: string;
  /** Art. 9 or Art. 10 GDPR: asks for the field to be marked special. */
  special?: true;
}

export const CATEGORIES: readonly Category[] = [
  { key: 'user.name', label: 'Name' },
  { key: 'user.name.first', label: 'First name' },
  { key: 'user.name.last', label: 'Last name' },
  { key: 'user.contact', label: 'Contact details' },
  { key: 'user.contact.email', label: 'E-mail address' },
  { key: 'user.contact.phone_number', label: 'Phone number' },
  { key: 'user.contact.fax_number', label: 'Fax number' },
  { key: 'user.contact.url', label: 'Web address of a person' },
  { key: 'user.contact.organization', label: 'Organisation the person belongs to' },
  { key: 'user.contact.address', label: 'Postal address' },
  { key: 'user.contact.address.street', label: 'Street' },
  { key: 'user.contact.address.city', label: 'City' },
  { key: 'user.contact.address.postal_code', label: 'Postal code' },
  { key: 'user.contact.address.state', label: 'State or region' },
  { key: 'user.contact.address.country', label: 'Country' },
  { key: 'user.job_title', label: 'Job title' },
  { key: 'user.workplace', label: 'Workplace' },
  { key: 'user.demographic.date_of_birth', label: 'Date of birth' },
  { key: 'user.demographic.age_range', label: 'Age range' },
  { key: 'user.demographic.gender', label: 'Gender' },
  { key: 'user.demographic.language', label: 'Language' },
  { key: 'user.demographic.marital_status', label: 'Marital status' },
  { key: 'user.demographic', label: 'Other facts about a life' },
  { key: 'user.account', label: 'Customer account' },
  { key: 'user.account.settings', label: 'Preferences and settings' },
  { key: 'user.unique_id', label: 'Customer number or other id' },
  { key: 'user.privacy_preferences', label: 'Privacy choices' },
  { key: 'user.behavior', label: 'Behaviour and interests' },
  { key: 'user.behavior.purchase_history', label: 'Purchases' },
  { key: 'user.content.private', label: 'Private messages and notes' },
  { key: 'user.content.public', label: 'Published words' },
  { key: 'user.content.self_image', label: 'Photo of a person' },
  { key: 'user.social', label: 'Social networks' },
  { key: 'user.financial', label: 'Money matters' },
  { key: 'user.financial.bank_account', label: 'Bank account' },
  { key: 'user.financial.credit_card', label: 'Credit card' },
  { key: 'user.payment', label: 'Payments' },
  { key: 'user.government_id', label: 'Official id' },
  { key: 'user.government_id.national_identification_number', label: 'National identification number' },
  { key: 'user.government_id.passport_number', label: 'Passport number' },
  { key: 'user.government_id.drivers_license_number', label: 'Driving licence number' },
  { key: 'user.location.imprecise', label: 'Rough location' },
  { key: 'user.location.precise', label: 'Exact location' },
  { key: 'user.device.ip_address', label: 'IP address' },
  { key: 'user.childrens', label: 'Data about children' },
  { key: 'user.health_and_medical', label: 'Health', special: true },
  { key: 'user.health_and_medical.genetic', label: 'Genetic data', special: true },
  { key: 'user.biometric', label: 'Biometric data', special: true },
  { key: 'user.demographic.race_ethnicity', label: 'Ethnic origin', special: true },
  { key: 'user.demographic.religious_belief', label: 'Religion or belief', special: true },
  { key: 'user.demographic.political_opinion', label: 'Political opinion', special: true },
  { key: 'user.demographic.sexual_orientation', label: 'Sexual orientation', special: true },
  { key: 'user.criminal_history', label: 'Criminal record', special: true },
];
