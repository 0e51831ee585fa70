import { namespaceChangesContract } from '../contract/namespace-changes.ts'
import { namespacesContract } from '../contract/namespaces.ts'
import { emulatedStage } from '../support/emulated-stage.ts'

namespacesContract(emulatedStage)
namespaceChangesContract(emulatedStage)
