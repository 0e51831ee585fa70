/**
 * Names of tenants. No dot, since a tenant's objects are named `<tenant>.<name>` and no such prefix
 * may begin another; 40 characters, so that 22 of an object's 63 are left to it.
 */
export const TENANT_NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/

/** What is wrong with a text that is no tenant's name. */
export const TENANT_NAME_RULE = 'must be 1 to 40 lower-case letters, digits or dashes'
