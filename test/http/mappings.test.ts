import { mappingsContract } from '../contract/mappings.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

mappingsContract(emulatedStage)
