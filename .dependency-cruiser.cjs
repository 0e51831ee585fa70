/**
 * Who may import whom (ARCHITECTURE.md tells why); all else is forbidden. A rule names the folder
 * it guards and lists what that folder may import; an import of anything else breaks it.
 *
 * dependency-cruiser cannot read TypeScript here: it needs the compiler API of TypeScript 6 or
 * older. So scripts/check-dependencies.ts shows it a mirror of the tree in which Node itself has
 * stripped the types, while type-only imports are kept as plain ones: they count as well.
 */
const { builtinModules } = require('node:module')

const CORE = '^src/core/'
const PORTS = '^src/ports/'
const SERVICES = '^src/services/'
const PROCFS = '^src/procfs/'
const DOCTOR = '^src/doctor/'
const CDI = '^src/cdi/'
const LEDGER = '^src/ledger/'
const IDENTITY = '^src/identity/'
const KUBERNETES = '^src/kubernetes/'
const TRACING = '^src/tracing/'
const METRICS = '^src/metrics/'
const PLUGINS = '^src/plugins/'
const SCHEMAS = '^schemas/'
const ROUTES = '^routes/'
const CLIENT = '^client/src/'
const CONSOLE = '^console/'

/** Modules of Node; dependency-cruiser names most of them without their `node:`. */
const node = (names) => `^(?:node:)?(?:${names})$`
const NODE = node(builtinModules.map((name) => name.replace(/^node:/, '')).join('|'))

/** An installed package, by its name. */
const npm = (name) => `^node_modules/${name}/`

/** `from` may import what `to` lists, and nothing else. */
function only(name, from, to) {
  return { name, severity: 'error', from: { path: from }, to: { pathNot: to } }
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('core-is-pure', CORE, [CORE]),
    only('ports-know-core', PORTS, [CORE, PORTS]),
    only('services-know-core-and-ports', SERVICES, [CORE, PORTS, SERVICES]),
    only('procfs-knows-core-and-ports', PROCFS, [CORE, PORTS, PROCFS, NODE]),
    only('doctor-knows-core-and-ports', DOCTOR, [CORE, PORTS, DOCTOR, NODE]),
    // It speaks HTTP to daxd, as any client does.
    only('kubernetes-is-a-client', KUBERNETES, [
      CORE,
      PORTS,
      SCHEMAS,
      KUBERNETES,
      NODE,
      npm('@grpc/grpc-js'),
      npm('@grpc/proto-loader'),
      npm('zod'),
      npm('yaml'),
    ]),
    only('identity-knows-core-and-ports', IDENTITY, [
      CORE,
      PORTS,
      IDENTITY,
      NODE,
      npm('jose'),
      npm('zod'),
      npm('yaml'),
    ]),
    only('ledger-knows-core-and-ports', LEDGER, [CORE, PORTS, LEDGER, NODE]),
    only('cdi-knows-core-and-ports', CDI, [CORE, PORTS, CDI, NODE]),
    {
      name: 'backends-know-no-sibling',
      severity: 'error',
      from: { path: '^src/backends/([^/]+)/' },
      to: {
        pathNot: [CORE, PORTS, PROCFS, '^src/backends/$1/', NODE, npm('zod'), npm('yaml')],
      },
    },
    only('tracing-knows-core-and-ports', TRACING, [
      CORE,
      PORTS,
      TRACING,
      npm('@opentelemetry/[^/]+'),
    ]),
    only('metrics-read-services', METRICS, [
      CORE,
      PORTS,
      SERVICES,
      METRICS,
      '^src/plugins/metrics-registry\\.',
      node('fs/promises|path'),
    ]),
    only('schemas-know-core', SCHEMAS, [CORE, SCHEMAS, npm('zod')]),
    only('routes-are-thin', ROUTES, [
      ROUTES,
      SCHEMAS,
      SERVICES,
      CORE,
      npm('fastify'),
      npm('fastify-type-provider-zod'),
      node('stream'),
    ]),
    only('plugins-know-core-and-schemas', PLUGINS, [
      PLUGINS,
      SCHEMAS,
      CORE,
      '^src/ports/(?:authenticator|trace)\\.',
      npm('fastify'),
      npm('fastify-plugin'),
      npm('fastify-type-provider-zod'),
      npm('@fastify/swagger'),
      npm('@fastify/swagger-ui'),
      npm('prom-client'),
      npm('zod'),
      // What HTTP itself needs: sockets, status texts, bytes, digests, codings.
      node('buffer|crypto|http|https|net|stream|tls|util|zlib'),
    ]),
    only('app-is-the-http-face', '^src/app\\.', [
      ROUTES,
      PLUGINS,
      SCHEMAS,
      SERVICES,
      '^src/ports/(?:authenticator|trace)\\.',
      npm('fastify'),
      npm('fastify-type-provider-zod'),
      node('crypto|http'),
    ]),
    // Of schemas, core and zod it knows the types alone; test/client/bundle.test.ts sees to that.
    {
      name: 'client-runs-in-browsers',
      severity: 'error',
      from: { path: CLIENT, pathNot: '^client/src/node[./]' },
      to: { pathNot: [CLIENT, SCHEMAS, CORE, npm('zod')] },
    },
    // A browser has no Node; what is bundled comes from the development packages.
    only('console-runs-in-browsers', CONSOLE, [
      CONSOLE,
      '^client/src/(?!node[./])',
      CORE,
      npm('preact'),
      npm('htm'),
      npm('@preact/signals'),
    ]),
    only('client-of-node-knows-node', '^client/src/node[./]', [CLIENT, NODE]),
    {
      // The single files of src/ and src/cli/ put the parts together: they may import everything,
      // and nothing but each other may import them.
      name: 'composition-is-on-top',
      severity: 'error',
      from: {
        pathNot: [
          '^src/(?:main|serve|open-backend|open-identity|listen-address|safe-listening|config|usage-error|system-clock|console-files)\\.',
          '^src/cli/',
        ],
      },
      to: {
        path: [
          '^src/(?:main|serve|open-backend|open-identity|listen-address|safe-listening|config|usage-error|system-clock|console-files|app)\\.',
          '^src/cli/',
        ],
      },
    },
    {
      name: 'every-folder-has-a-rule',
      severity: 'error',
      comment: 'A new folder or file of src/ needs a rule of its own before it imports anything.',
      from: {
        path: '^src/',
        pathNot: [
          '^src/(?:core|ports|services|procfs|doctor|ledger|plugins|cli|kubernetes|cdi|identity|metrics|tracing)/',
          '^src/backends/[^/]+/',
          '^src/(?:main|serve|open-backend|open-identity|listen-address|safe-listening|config|usage-error|system-clock|console-files|app)\\.',
        ],
      },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^(?:src|routes|schemas|client)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: { doNotFollow: { path: '^node_modules/' }, preserveSymlinks: true },
}
