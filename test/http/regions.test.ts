import { regionDefinitionContract, regionsContract } from '../contract/regions.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

regionsContract(emulatedStage)
regionDefinitionContract(emulatedStage)
