/** No dots: names that begin with one tenant's name and a dot begin with no other's. */
export const TENANT_NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** What is wrong with a text that is no tenant's name. */
export const TENANT_NAME_RULE = 'must be 1 to 63 lower-case letters, digits or dashes'
