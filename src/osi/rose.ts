import { defineModule } from '../asn1/schema.ts';

/**
 * Remote operations, X.229 (X.880), and the bind and unbind wrappers of X.419.
 *
 * Arguments, results, errors and rejects are OPEN: `contextId` is the local operation or error code (`oid` a global one). A result
 * may lack its code, and a bind has none: the caller knows from the invocation or the application context what it holds.
 */
export const ROSE = defineModule({
  proto: 'ros',
  types: {
    ROS: `CHOICE {
      invoke [1] Invoke, returnResult [2] ReturnResult, returnError [3] ReturnError, reject [4] Reject,
      bind-invoke@ros.bind_invoke_element [16] GUARD OPEN(), bind-result@ros.bind_result_element [17] GUARD OPEN(),
      bind-error@ros.bind_error_element [18] GUARD OPEN(), unbind-invoke@ros.unbind_invoke_element [19] OPEN(),
      unbind-result@ros.unbind_result_element [20] OPEN(), unbind-error@ros.unbind_error_element [21] OPEN()
    }`,
    Invoke: `SEQ {
      invokeId InvokeId,
      linkedId? [0] INT,
      opcode Code,
      argument? OPEN(; opcode)
    }`,
    ReturnResult: `SEQ {
      invokeId InvokeId,
      result? SEQ { opcode Code, result OPEN(; opcode) }
    }`,
    ReturnError: 'SEQ { invokeId InvokeId, errcode Code, parameter? OPEN(; errcode) }',
    Reject: `SEQ {
      invokeId InvokeId,
      problem CHOICE {
        general@ros.general [0] INT { unrecognizedPDU mistypedPDU badlyStructuredPDU },
        invoke@ros.invoke [1] INT { duplicateInvocation unrecognizedOperation mistypedArgument resourceLimitation releaseInProgress
          unrecognizedLinkedId linkedResponseUnexpected unexpectedLinkedOperation },
        returnResult@ros.returnResult [2] INT { unrecognizedInvocation resultResponseUnexpected mistypedResult },
        returnError@ros.returnError [3] INT { unrecognizedInvocation errorResponseUnexpected unrecognizedError unexpectedError
          mistypedParameter }
      }
    }`,
    InvokeId: 'CHOICE { present INT, absent NULL }',
    Code: 'CHOICE { local INT, global OID }',
  },
});
