/** The contract suite on a real kernel: what is asked and answered over a device. */
import { batchContract } from '../../contract/batch.ts'
import { eventsContract } from '../../contract/events.ts'
import { leasesContract } from '../../contract/leases.ts'
import { mappingsContract } from '../../contract/mappings.ts'
import { repeatsContract } from '../../contract/repeats.ts'
import { requestsContract } from '../../contract/requests.ts'
import { useKernelStage } from '../support/use-kernel-stage.ts'

const stage = useKernelStage()

mappingsContract(stage)
leasesContract(stage)
batchContract(stage)
eventsContract(stage)
repeatsContract(stage)
requestsContract(stage)
