package dev.kiln.cpu.onednn;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The functions of oneDNN, linked when first called. */
final class Dnnl {

  /** Everything that creates and queries; a status other than success is thrown. */
  static final DnnlApi API;

  private static final SymbolLookup LIBRARY = NativeLibrary.oneDnn();
  private static final Map<Method, MethodHandle> LINKED = new ConcurrentHashMap<>();
  private static final MethodHandle EXECUTE =
      link(
          "dnnl_primitive_execute",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));

  static {
    API =
        (DnnlApi)
            Proxy.newProxyInstance(
                Dnnl.class.getClassLoader(),
                new Class<?>[] {DnnlApi.class},
                (proxy, method, arguments) -> call(method, arguments));
  }

  private Dnnl() {}

  /**
   * Runs a primitive. This call is made at every step of a training, so it is linked exactly.
   *
   * @param arguments an array of {@code dnnl_exec_arg_t}
   */
  static void execute(
      MemorySegment primitive, MemorySegment stream, int count, MemorySegment arguments) {
    int status;
    try {
      status = (int) EXECUTE.invokeExact(primitive, stream, count, arguments);
    } catch (Throwable impossible) {
      // A method handle declares Throwable; one of a C function throws nothing.
      throw new AssertionError(impossible);
    }
    if (status != 0) {
      throw new OneDnnException("dnnl_primitive_execute", status);
    }
  }

  private static Object call(Method method, Object[] arguments) throws Throwable {
    Object result =
        LINKED
            .computeIfAbsent(method, Dnnl::link)
            .invokeWithArguments(arguments == null ? new Object[0] : arguments);
    if (method.getReturnType() == void.class) {
      int status = (int) result;
      if (status != 0) {
        throw new OneDnnException(cName(method), status);
      }
    }
    return result;
  }

  private static MethodHandle link(Method method) {
    MemoryLayout[] parameters =
        Arrays.stream(method.getParameterTypes()).map(Dnnl::layout).toArray(MemoryLayout[]::new);
    MemoryLayout result =
        method.getReturnType() == void.class
            ? ValueLayout.JAVA_INT
            : layout(method.getReturnType());
    return link(cName(method), FunctionDescriptor.of(result, parameters));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(String function, FunctionDescriptor descriptor) {
    MemorySegment address =
        LIBRARY
            .find(function)
            .orElseThrow(() -> new IllegalStateException("oneDNN has no function " + function));
    return Linker.nativeLinker().downcallHandle(address, descriptor);
  }

  private static MemoryLayout layout(Class<?> type) {
    if (type == int.class) {
      return ValueLayout.JAVA_INT;
    }
    if (type == long.class) {
      return ValueLayout.JAVA_LONG;
    }
    return type == float.class ? ValueLayout.JAVA_FLOAT : ValueLayout.ADDRESS;
  }

  private static String cName(Method method) {
    return "dnnl_" + method.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
