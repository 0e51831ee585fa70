import { eventsContract } from '../contract/events.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

eventsContract(emulatedStage)
