import { restartsContract } from '../contract/restarts.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

restartsContract(emulatedStage)
