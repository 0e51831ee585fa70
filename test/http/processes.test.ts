import { processesContract } from '../contract/processes.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

processesContract(emulatedStage)
