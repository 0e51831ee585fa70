import { repeatsContract } from '../contract/repeats.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

repeatsContract(emulatedStage)
