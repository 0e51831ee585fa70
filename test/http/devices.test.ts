import { devicesContract } from '../contract/devices.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

devicesContract(emulatedStage)
