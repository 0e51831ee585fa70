import { batchContract } from '../contract/batch.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

batchContract(emulatedStage)
