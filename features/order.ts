// The one line-up of the promises: order of the law, direction of imports, order of reading.
export const ORDER = ['tenant', 'custom_table', 'profile', 'member', 'sign_in', 'group', 'team', 'sharing_rule', 'share', 'criteria', 'sharing', 'why', 'simulator', 'tracking', 'past', 'view_as', 'chain', 'record', 'list', 'batch', 'search', 'import', 'description'] as const;
