import { leasesContract } from '../contract/leases.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

leasesContract(emulatedStage)
