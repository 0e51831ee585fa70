import { openMemoryLedger } from '../../src/ledger/memory-ledger.ts'
import { ledgerContract } from '../contract/ledger.ts'

ledgerContract('the memory ledger', { open: async (options) => openMemoryLedger(options) })
