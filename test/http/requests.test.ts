import { requestsContract } from '../contract/requests.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

requestsContract(emulatedStage)
