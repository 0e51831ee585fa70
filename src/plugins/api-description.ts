/** What holds for the whole API, told once at the head of the reference. Markdown. */
export const API_DESCRIPTION = `
daxd owns the device-dax memory of a host and hands it out. Names are the kernel's and
libdaxctl's.

**Sizes, offsets and addresses** are bytes, 0..2^53-1, as JSON integers. On input a size may also
be text: decimal or 0x-hex digits with an optional suffix \`k m g t p\` or \`KiB MiB GiB TiB
PiB\`. What is larger is refused with EOVERFLOW, never rounded.

**Unknown keys and query parameters** are refused (400). Of duplicate JSON keys the last counts.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`, the kernel's
\`errno\`, and where they help \`issues\`, \`holders\`, \`suggested_size\`, \`available_size\`,
\`max_available_extent\`. Status by errno: EINVAL 422 (400 for a malformed request), EACCES 403,
ENOENT 404, EBUSY, EEXIST, ENXIO and ETIMEDOUT 409, SIGBUS and ESTALE 410, EOVERFLOW 422, ENOSPC
507, EOPNOTSUPP 501, EIO 502. 503 carries \`Retry-After\`.

**Collections** answer \`{ items, next }\`; give \`next\` as \`cursor\` for the next page.

**Revisions.** Every object has a \`revision\`, which is also its \`ETag\`. \`If-Match\` is
honoured on every mutation: 412 when the object has changed.

**Idempotency.** Every POST takes an \`Idempotency-Key\`. A success is remembered for at least 24
hours, across restarts, and replayed with \`Idempotency-Replayed: true\`; the same key with
another body is 422 \`idempotency_conflict\`. \`?dry_run=true\` tells what would happen and
changes nothing.

**Long work** answers 202 with an operation and its \`Location\`. With \`Prefer: wait=N\` a call
that finishes within N seconds answers as if it had been synchronous.

**A success is durable** before it is answered.
`.trim()
