import { claimsContract } from '../contract/claims.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

claimsContract(emulatedStage)
